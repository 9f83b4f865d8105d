// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_order.h"

#include <stdlib.h>
#include <string.h>

struct place {
	__u64 time;
	size_t at; /* of the record in the memory; those that came first stand first */
	unsigned size;
};

struct event_order {
	struct place *places;
	unsigned n, room;
	char *memory, *spare;
	size_t len, memory_room, spare_room;
};

struct event_order *event_order_new(void)
{
	return calloc(1, sizeof(struct event_order));
}

void event_order_free(struct event_order *o)
{
	if (!o)
		return;
	free(o->places);
	free(o->memory);
	free(o->spare);
	free(o);
}

static int make_room(void **what, size_t *room, size_t wanted)
{
	size_t more = *room ? *room : 1 << 16;
	void *grown;

	if (wanted <= *room)
		return 0;
	while (more < wanted)
		more *= 2;
	grown = realloc(*what, more);
	if (!grown)
		return -1;
	*what = grown;
	*room = more;
	return 0;
}

int event_order_add(struct event_order *o, const void *record, unsigned size)
{
	size_t bytes = o->room * sizeof(*o->places);

	if (make_room((void **)&o->memory, &o->memory_room, o->len + size) ||
	    make_room((void **)&o->spare, &o->spare_room, o->len + size) ||
	    make_room((void **)&o->places, &bytes, (o->n + 1) * sizeof(*o->places)))
		return -1;
	o->room = bytes / sizeof(*o->places);
	memcpy(o->memory + o->len, record, size);
	o->places[o->n++] = (struct place){
		.time = ((const struct event_head *)record)->time, .at = o->len, .size = size};
	o->len += size;
	return 0;
}

static int by_time(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* Keeps those from place n on, which is ordered: they move to the spare memory, which has room for
 * all there are. */
static void keep_from(struct event_order *o, unsigned n)
{
	size_t len = 0;
	char *memory = o->memory;

	for (unsigned i = n; i < o->n; i++) {
		struct place *p = &o->places[i];

		memcpy(o->spare + len, memory + p->at, p->size);
		p->at = len;
		len += p->size;
	}
	memmove(o->places, o->places + n, (o->n - n) * sizeof(*o->places));
	o->n -= n;
	o->len = len;
	o->memory = o->spare;
	o->spare = memory;
	len = o->memory_room;
	o->memory_room = o->spare_room;
	o->spare_room = len;
}

void event_order_take(struct event_order *o, __u64 horizon, event_take_function *take, void *ctx)
{
	unsigned n = 0;

	if (!o->n)
		return;
	qsort(o->places, o->n, sizeof(*o->places), by_time);
	while (n < o->n && o->places[n].time <= horizon) {
		take(ctx, (const void *)(o->memory + o->places[n].at));
		n++;
	}
	keep_from(o, n);
}
