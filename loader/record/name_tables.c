// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "name_tables.h"

#include <stdio.h>

#include "calls.h"
#include "event_table.h"
#include "finding.h"
#include "names.h"
#include "snapshot.h"
#include "turn.h"

/* How many there are, is known where they stand: behind the last are such without a name. */
static const char *call(unsigned i, char buf[NAME_SIZE])
{
	(void)buf;
	return i < n_calls ? calls[i].name : NULL;
}

static const char *rule(unsigned i, char buf[NAME_SIZE])
{
	if (i >= n_rules)
		return NULL;
	snprintf(buf, NAME_SIZE, "%s:%s", rules[i].id, rules[i].cause);
	return buf;
}

/* Errors, the codes of restarts by their numbers, and all others. */
static const char *error(unsigned i, char buf[NAME_SIZE])
{
	if (i < N_ERRNOS)
		return errno_cell_name(i, buf, NAME_SIZE);
	if (i == ERRNO_OTHER)
		return "other";
	snprintf(buf, NAME_SIZE, "%u", RESTART_MIN + i - N_ERRNOS);
	return buf;
}

static const char *const verdict_ids[N_VERDICTS] = {
#define VERDICT(id, ...) [VERDICT_##id] = #id,
#include "counts.def"
};

static const char *const latency_ids[N_LATENCIES] = {
#define LATENCY(id, ...) [LATENCY_##id] = #id,
#include "latencies.def"
};

#define TEXT_OF(id) #id

/* Of an array of counters, the id and the name of each, or its place. */
static const char *in_array(const char *id, const char *const *list, unsigned at,
			    char buf[NAME_SIZE])
{
	if (list)
		snprintf(buf, NAME_SIZE, "%s.%s", id, list[at]);
	else
		snprintf(buf, NAME_SIZE, "%s.%u", id, at);
	return buf;
}

static const char *counter(unsigned i, char buf[NAME_SIZE])
{
	static const char *const ids[N_COUNTERS] = {
#define THREAD_COUNT(id, ...)   [COUNT_##id] = #id,
#define RUN_COUNT(id, ...)      [COUNT_##id] = #id,
#define INTEREST_COUNT(id, ...) [COUNT_##id] = #id,
#define LOST_COUNT(id, ...)     [COUNT_LOST_##id] = TEXT_OF(LOST_##id),
#include "counts.def"
	};

	if (ids[i])
		return ids[i];
#define RUN_COUNTS(id, size, list, ...)                                                            \
	if (i >= COUNT_##id && i <= COUNT_##id##_LAST)                                             \
		return in_array(#id, list, i - COUNT_##id, buf);
#include "counts.def"
	return NULL;
}

static const char *interest_counter(unsigned i, char buf[NAME_SIZE])
{
	return counter(COUNT_EDGES + i, buf);
}

static const char *const result_ids[N_SIGNAL_RESULTS] = {
#define SIGNAL_RESULT(id, ...) [SIGNAL_##id] = #id,
#include "counts.def"
};

static const char *const lost_ids[N_LOST] = {
#define LOST_COUNT(id, ...) [LOST_##id] = #id,
#define LOST_ELSE(id, ...)  [LOST_##id] = #id,
#include "counts.def"
};

static const char *const unit_ids[N_UNREAD] = {
#define LEFT_LARGEST(id, ...) [UNREAD_##id] = #id,
#include "counts.def"
};

static const char *const contexts[N_WAKER_CONTEXTS] = {
	[WAKER_TASK] = "task",
	[WAKER_SOFTIRQ] = "softirq",
	[WAKER_HARDIRQ] = "hardirq",
	[WAKER_UNKNOWN] = "unknown",
};

/* These differ between architectures. */
static const char *flag(unsigned i, char buf[NAME_SIZE])
{
	(void)buf;
	return flag_name(i);
}

static const char *const turns[N_TURNS] = {
	[TURN_BEGIN] = "begin",
	[TURN_ROUND] = "round",
	[TURN_DONE] = "done",
	[TURN_END] = "end",
};

static const char *const events[N_EVENTS] = {
#define EVENT(id, name, ...) [EVENT_##id] = #name,
#include "events.def"
};

static const char *const event_words[N_EVENT_WORDS] = {
#define EVENT_WORD(group, id, ...) [WORD_##group##_##id] = #group " " #id,
#include "events.def"
};

const struct names names_of_calls = {"call", MAX_CALLS, .of = call};
const struct names names_of_errors = {"error", N_ERRNO_CELLS, .of = error};
const struct names names_of_verdicts = {"verdict", N_VERDICTS, .list = verdict_ids};
const struct names names_of_latencies = {"latency", N_LATENCIES, .list = latency_ids};
const struct names names_of_counters = {"count", N_COUNTERS, .of = counter};
const struct names names_of_threads = {"count of a thread", N_THREAD_COUNTS, .of = counter};
const struct names names_of_interests = {"count of an interest", N_INTEREST_COUNTS,
					 .of = interest_counter};
const struct names names_of_results = {"result of a signal", N_SIGNAL_RESULTS, .list = result_ids};
const struct names names_of_lost = {"loss", N_LOST, .list = lost_ids};
const struct names names_of_units = {"unit", N_UNREAD, .list = unit_ids};
const struct names names_of_kinds = {"kind of file", N_FILE_NAMES, .list = file_kinds};
const struct names names_of_evidence = {"evidence", N_EVIDENCE, .list = evidence_names};
const struct names names_of_wakers = {"waker", N_WAKER_CONTEXTS, .list = contexts};
const struct names names_of_flags = {"flag", N_FLAG_BITS, .of = flag};
const struct names names_of_rules = {"rule", MAX_RULES, .of = rule};
const struct names names_of_turns = {"turn", N_TURNS, .list = turns};
const struct names names_of_events = {"event", N_EVENTS, .list = events};
const struct names names_of_event_words = {"word of events", N_EVENT_WORDS, .list = event_words};

const struct names *const name_tables[N_NAMES] = {
	&names_of_calls,    &names_of_errors,      &names_of_verdicts,  &names_of_latencies,
	&names_of_counters, &names_of_threads,     &names_of_interests, &names_of_results,
	&names_of_lost,     &names_of_units,       &names_of_kinds,     &names_of_evidence,
	&names_of_wakers,   &names_of_flags,       &names_of_rules,     &names_of_turns,
	&names_of_events,   &names_of_event_words,
};

const char *names_at(const struct names *names, unsigned i, char buf[NAME_SIZE])
{
	return names->list ? names->list[i] : names->of(i, buf);
}
