/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What screens are put together of: titles, pages of counts, sums with a bar. */
#ifndef WAKELAB_PARTS_H
#define WAKELAB_PARTS_H

#include "listing.h"
#include "marks.h"

/* A title in its own line, and behind it what it is of. */
void draw_title(struct area a, unsigned y, const char *title, const char *of);

/* All counts of a keeper, by name, with what the last second added: a page of them from row y on.
 */
void draw_counts(struct area a, unsigned y, const struct model *m, unsigned keeper, unsigned first,
		 unsigned n, const __u64 *now, const __u64 *second);

/* A sum, and the parts that it has. */
struct sum {
	const char *title;
	__u64 whole;
	const struct part *parts;
	const char *const *names; /* of the parts; NULL: their own */
	const __u64 *values;
	unsigned n;
	unsigned seldom; /* the part that is left out of the names where it is 0; n: none is */
};

/* In one line: the title, the whole, a bar, and each part by its name. Gives the column behind it.
 * Counts are those of the scope of l, which is of no row. */
unsigned draw_sum(struct area a, unsigned y, const struct line *l, const struct sum *sum);

#endif
