/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What screens are put together of: titles, pages of counts, sums with a bar. */
#ifndef WAKELAB_PARTS_H
#define WAKELAB_PARTS_H

#include "canvas.h"
#include "live_model.h"

/* Where the bar of a sum stands in its line, and how long it is. */
#define SUM_BAR 20
static inline unsigned sum_bar(struct area a)
{
	return a.width < 100 ? 8 : a.width / 5;
}

/* A title in its own line, and behind it what it is of. */
void draw_title(struct area a, unsigned y, const char *title, const char *of);

/* All counts of a keeper, by name, with what the last second added: a page of them from row y on.
 */
void draw_counts(struct area a, unsigned y, const struct model *m, unsigned keeper, unsigned first,
		 unsigned n, const __u64 *now, const __u64 *second);

#endif
