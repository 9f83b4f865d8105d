// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "timeline.h"

#include <stdlib.h>
#include <zstd.h>

#define LEVEL 1 /* it is about zeros */

/* For n more of that size at *rows, of which there are so many; *room is for how many there is. */
static bool make_room(void **rows, size_t size, size_t used, size_t *room, size_t n)
{
	size_t wanted = 2 * (used + n);
	void *more;

	if (used + n <= *room)
		return true;
	more = realloc(*rows, wanted * size);
	if (!more)
		return false;
	*rows = more;
	*room = wanted;
	return true;
}

bool timeline_add(struct timeline *t, const struct snapshot *s, __u64 elapsed_ns)
{
	size_t bound = ZSTD_compressBound(sizeof(*s)), len;

	if (!make_room((void **)&t->moments, sizeof(*t->moments), t->n, &t->room, 1) ||
	    !make_room((void **)&t->bytes, 1, t->used, &t->bytes_room, bound))
		return false;
	len = ZSTD_compress(t->bytes + t->used, bound, s, sizeof(*s), LEVEL);
	if (ZSTD_isError(len))
		return false;
	t->moments[t->n++] = (struct packed){elapsed_ns, t->used, len};
	t->used += len;
	return true;
}

bool timeline_get(const struct timeline *t, unsigned at, struct snapshot *s)
{
	const struct packed *p = &t->moments[at];

	return ZSTD_decompress(s, sizeof(*s), t->bytes + p->at, p->len) == sizeof(*s);
}

unsigned timeline_at(const struct timeline *t, __u64 elapsed_ns)
{
	unsigned at = 0;

	while (at + 1 < t->n && t->moments[at + 1].elapsed_ns <= elapsed_ns)
		at++;
	return at;
}

void timeline_free(struct timeline *t)
{
	free(t->moments);
	free(t->bytes);
	*t = (struct timeline){.n = 0};
}
