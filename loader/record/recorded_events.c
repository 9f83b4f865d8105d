// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "recorded_events.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "event_table.h"

/* Where the rows of each kind stand, and how many there are. */
static const struct {
	size_t rows, n;
} places[N_EVENTS] = {
#define EVENT(id, name, ...)                                                                       \
	[EVENT_##id] = {offsetof(struct recorded_events, name),                                    \
			offsetof(struct recorded_events, n_##name)},
#include "events.def"
};

static char **rows_of(const struct recorded_events *e, unsigned kind)
{
	return (char **)((char *)e + places[kind].rows);
}

static unsigned *number_of(const struct recorded_events *e, unsigned kind)
{
	return (unsigned *)((char *)e + places[kind].n);
}

/* The same rows, with room for one more behind n: there is room for a power of two. NULL: there is
 * no memory, and the rows stay. */
static void *grown(void *rows, unsigned n, size_t size)
{
	return n & (n - 1) ? rows : realloc(rows, (n ? 2ul * n : 1) * size);
}

static int add_time(struct recorded_events *e, const struct event_head *head)
{
	struct recorded_time *times = grown(e->times, e->n_times, sizeof(*times));

	if (!times)
		return -1;
	e->times = times;
	times[e->n_times++] =
		(struct recorded_time){.since = head->time - e->last, .kind = head->kind};
	e->last = head->time;
	return 0;
}

int recorded_events_add(struct recorded_events *e, const struct event_head *head)
{
	size_t size = event_rows[head->kind].size;
	char **rows = rows_of(e, head->kind), *more;
	unsigned *n = number_of(e, head->kind);

	more = grown(*rows, *n, size);
	if (!more)
		return -1;
	*rows = more;
	memcpy(more + *n * size, head, size);
	++*n;
	return add_time(e, head);
}

void recorded_events_clear(struct recorded_events *e)
{
	e->n_times = 0;
	e->last = 0;
	for (unsigned kind = 0; kind < N_EVENTS; kind++)
		*number_of(e, kind) = 0;
}

void recorded_events_free(struct recorded_events *e)
{
	free(e->times);
	for (unsigned kind = 0; kind < N_EVENTS; kind++)
		free(*rows_of(e, kind));
}

/* The next event of those that are handed over, NULL: it is passed over. */
static struct event_head *next_of(const struct recorded_events *e, unsigned at, unsigned next[])
{
	unsigned kind = e->times[at].kind;

	if (kind >= N_EVENTS || next[kind] == *number_of(e, kind))
		return NULL;
	return (void *)(*rows_of(e, kind) + next[kind]++ * event_rows[kind].size);
}

void recorded_events_complete(struct recorded_events *e)
{
	unsigned next[N_EVENTS] = {0};

	e->last = 0;
	for (unsigned i = 0; i < e->n_times; i++) {
		struct event_head *head = next_of(e, i, next);

		e->last += e->times[i].since;
		if (!head)
			continue;
		head->time = e->last;
		head->kind = e->times[i].kind;
	}
}

void recorded_events_each(const struct recorded_events *e, event_take_function *take, void *ctx)
{
	unsigned next[N_EVENTS] = {0};

	for (unsigned i = 0; i < e->n_times; i++) {
		const struct event_head *head = next_of(e, i, next);

		if (head)
			take(ctx, head);
	}
}
