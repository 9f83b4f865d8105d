// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "flight.h"

#include <stdlib.h>
#include <string.h>

struct block {
	struct block *next;
	struct kept kept; /* data stands behind it */
};

struct flight {
	struct block *first, **end; /* end: where the next one is linked to */
	__u64 span;
	size_t room, bytes;
	__u64 from; /* up to then all is printed or dropped */
};

struct flight *flight_new(__u64 span_ns, size_t room)
{
	struct flight *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->end = &f->first;
	f->span = span_ns;
	f->room = room;
	return f;
}

/* Drops the block that is linked there. */
static void drop(struct flight *f, struct block **at)
{
	struct block *b = *at;

	*at = b->next;
	if (!*at)
		f->end = at;
	f->bytes -= b->kept.len;
	free(b);
}

/* The first block that is to be kept: younger than the span, and with all behind it in the room.
 * The last one is, however large. */
static struct block *first_young(const struct flight *f, __u64 now)
{
	size_t excess = f->bytes > f->room ? f->bytes - f->room : 0, passed = 0;
	struct block *b = f->first;

	while (b->next && (b->kept.time + f->span <= now || passed < excess)) {
		passed += b->kept.len;
		b = b->next;
	}
	return b;
}

static const struct block *last_moment(const struct flight *f, const struct block *young)
{
	const struct block *last = NULL;

	for (const struct block *b = f->first; b && b != young; b = b->next)
		if (b->kept.moment)
			last = b;
	return last;
}

static void drop_old(struct flight *f, __u64 now)
{
	const struct block *young = first_young(f, now), *base = last_moment(f, young);
	struct block **at = &f->first;

	if (base)
		f->from = base->kept.time;
	while (*at && *at != young) {
		if (*at == base || (*at)->kept.names)
			at = &(*at)->next;
		else
			drop(f, at);
	}
}

int flight_keep(struct flight *f, const struct kept *block)
{
	struct block *b = malloc(sizeof(*b) + block->len);

	if (!b)
		return -1;
	b->kept = *block;
	b->kept.data = memcpy(b + 1, block->data, block->len);
	b->next = NULL;
	*f->end = b;
	f->end = &b->next;
	f->bytes += block->len;
	drop_old(f, block->time);
	return 0;
}

__u64 flight_print(struct flight *f, FILE *out)
{
	__u64 from = f->from;

	while (f->first) {
		fwrite(f->first->kept.data, 1, f->first->kept.len, out);
		f->from = f->first->kept.time;
		drop(f, &f->first);
	}
	return f->from - from;
}

size_t flight_bytes(const struct flight *f)
{
	return f->bytes;
}

void flight_free(struct flight *f)
{
	while (f && f->first)
		drop(f, &f->first);
	free(f);
}
