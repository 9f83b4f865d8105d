// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "counts.h"

#include <stddef.h>
#include <string.h>

#include "names.h"

#define PLACE_IN(type, member) (offsetof(type, member) / sizeof(__u64))

static const struct count_row rows[] = {
#define THREAD_COUNT(id, hook, adds, means, ...)                                                   \
	{.keeper = KEPT_BY_THREAD, .at = COUNT_##id, __VA_ARGS__},
#define RUN_COUNT(id, hook, adds, means, ...)                                                      \
	{.keeper = KEPT_BY_RUN, .at = COUNT_##id, __VA_ARGS__},
#define RUN_COUNTS(id, size, list, hook, adds, means, ...)                                         \
	{.keeper = KEPT_BY_RUN, .at = COUNT_##id, .names = list, .n_names = size, __VA_ARGS__},
#define RUN_REST(id, hook, adds, means, ...) {.keeper = KEPT_BY_RUN, .rest = true, __VA_ARGS__},
#define INTEREST_COUNT(id, hook, adds, means, ...)                                                 \
	{.keeper = KEPT_BY_INTEREST, .at = COUNT_##id, __VA_ARGS__},
#define INTEREST_REST(id, hook, adds, means, ...)                                                  \
	{.keeper = KEPT_BY_INTEREST, .rest = true, __VA_ARGS__},
#define LEFT_LARGEST(id, hook, adds, means, ...)                                                   \
	{.keeper = KEPT_AS_LARGEST, .at = UNREAD_##id, __VA_ARGS__},
#define LOST_COUNT(id, hook, adds, means, ...)                                                     \
	{.keeper = KEPT_AS_LOST, .at = LOST_##id, __VA_ARGS__},
#define LOST_ELSE(id, hook, adds, means, ...)                                                      \
	{.keeper = KEPT_AS_LOST, .at = LOST_##id, __VA_ARGS__},
#define SIGNAL_RESULT(id, hook, adds, means, ...)                                                  \
	{.keeper = KEPT_BY_SIGNAL,                                                                 \
	 .at = PLACE_IN(struct signal_stats, results) + SIGNAL_##id,                               \
	 __VA_ARGS__},
#define SIGNAL_COUNT(id, hook, adds, means, ...)                                                   \
	{.keeper = KEPT_BY_SIGNAL, .at = PLACE_IN(struct signal_stats, id), __VA_ARGS__},
#define SIGNAL_REST(id, hook, adds, means, ...)                                                    \
	{.keeper = KEPT_BY_SIGNAL, .rest = true, __VA_ARGS__},
#define VERDICT(id, hook, adds, means, ...)                                                        \
	{.keeper = KEPT_BY_CALL,                                                                   \
	 .at = PLACE_IN(struct call_stats, verdicts) + VERDICT_##id,                               \
	 __VA_ARGS__},
#define VERDICT_REST(id, hook, adds, means, ...)                                                   \
	{.keeper = KEPT_BY_CALL, .rest = true, __VA_ARGS__},
#define CALL_COUNT(id, hook, adds, means, ...)                                                     \
	{.keeper = KEPT_BY_CALL, .at = PLACE_IN(struct call_stats, id), __VA_ARGS__},
#include "counts.def"
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

const struct latency_row latency_rows[N_LATENCIES] = {
#define LATENCY(id, hook, from, to, means, ...) [LATENCY_##id] = {__VA_ARGS__},
#include "latencies.def"
};

/* Where the values of threads and of interests lie. */
#define THREAD_COUNT(id, ...)                                                                      \
	_Static_assert((int)THREAD_COUNT_##id == (int)COUNT_##id,                                  \
		       "the counts of threads are not the first ones: " #id);
#define INTEREST_COUNT(id, ...)                                                                    \
	_Static_assert((int)INTEREST_COUNT_##id == (int)COUNT_##id - (int)COUNT_EDGES,             \
		       "the counts of interests do not follow COUNT_EDGES: " #id);
#include "counts.def"

const struct count_row *count_row(unsigned keepers, unsigned at)
{
	for (unsigned i = 0; i < N_ROWS; i++)
		if (rows[i].keeper & keepers && !rows[i].rest && rows[i].at == at)
			return &rows[i];
	return NULL;
}

const char *count_alone(enum counter counter)
{
	const struct count_row *row = count_row(KEPT_AS_COUNTER, counter);

	return row->alone ? row->alone : row->name;
}

const char *count_label(enum counter counter)
{
	const struct count_row *row = count_row(KEPT_AS_COUNTER, counter);

	return row->label ? row->label : row->name;
}

static bool is_field(const struct count_row *row, const char *in, const char *behind)
{
	if (!row->in || strcmp(row->in, in))
		return false;
	return behind ? row->behind && !strcmp(row->behind, behind) : !row->behind;
}

unsigned count_fields(const char *in, const struct count_row *fields[MAX_FIELDS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < N_ROWS; i++) {
		if (n == MAX_FIELDS || !is_field(&rows[i], in, NULL))
			continue;
		fields[n++] = &rows[i];
		for (unsigned j = 0; j < N_ROWS && n < MAX_FIELDS; j++)
			if (is_field(&rows[j], in, rows[i].name))
				fields[n++] = &rows[j];
	}
	return n;
}

bool count_total(unsigned place, enum counter *counter)
{
	for (unsigned i = 0; i < N_ROWS; i++) {
		if (rows[i].total != place)
			continue;
		*counter = rows[i].at;
		return true;
	}
	return false;
}

static __u64 value_at(const struct count_row *row, const struct values *values)
{
	const __u64 *v = values->v + (row->at - values->first);
	__u64 sum = *v;

	for (unsigned i = 1; i < row->n_names; i++)
		sum += v[i];
	return sum;
}

/* What is counted on one side of an identity. */
static __u64 sum_of(unsigned identity, bool whole, const struct values *values)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < N_ROWS; i++)
		if (!rows[i].rest && (whole ? rows[i].whole : rows[i].part) & identity)
			sum += value_at(&rows[i], values);
	return sum;
}

/* What the left side of an identity has more than the right one. */
static __u64 rest_of(unsigned identity, const struct values *values)
{
	return remainder_of(sum_of(identity, true, values), sum_of(identity, false, values));
}

__u64 count_value(const struct count_row *row, const struct values *values)
{
	if (!row->rest)
		return value_at(row, values);
	return row->whole ? sum_of(row->whole, false, values) : values->rest;
}

bool count_known(const struct count_row *row, const struct values *values)
{
	return !(row->needs & ~values->sees);
}

__u64 wakes_pending(const struct snapshot *s)
{
	return rest_of(SUM_JUDGED, &(struct values){.v = s->counters});
}

__u64 edges_pending(const __u64 *v)
{
	return rest_of(SUM_EDGES, &(struct values){.v = v, .first = COUNT_EDGES});
}

__u64 interests_pending(const struct snapshot *s)
{
	return edges_pending(s->counters + COUNT_EDGES);
}

__u64 signals_generated(const struct signal_stats *s)
{
	return sum_of(SUM_GENERATED, false, &(struct values){.v = (const __u64 *)s});
}

/* A signal whose siginfo was lost is queued all the same, without it. */
__u64 signals_pending(const struct signal_stats *s)
{
	return rest_of(SUM_TAKEN, &(struct values){.v = (const __u64 *)s});
}
