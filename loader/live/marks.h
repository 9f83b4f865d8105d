/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is drawn rather than written: bars, lines over time, maps of heat. Each part of a bar has a
 * mark of its own, so that it is read without colours, too. */
#ifndef WAKELAB_MARKS_H
#define WAKELAB_MARKS_H

#include <linux/types.h>

#include "canvas.h"

#define MAX_PARTS 4

/* A part of a bar: how it is drawn, and what it is. */
struct part {
	const char *mark;
	enum style style;
	const char *name;
};

/* A bar of so many columns, divided as the values are; a value that is not 0 takes a column at
 * least. Nothing where all are 0. */
void draw_parts(struct area a, unsigned x, unsigned y, unsigned width, const struct part *parts,
		const __u64 *values, unsigned n);

/* The names of parts behind their marks; gives the column behind them. */
unsigned draw_legend(struct area a, unsigned x, unsigned y, const struct part *parts, unsigned n);

/* How much of a whole that is, in so many columns, to an eighth of one. */
void draw_level(struct area a, unsigned x, unsigned y, unsigned width, enum style style, __u64 part,
		__u64 whole);

/* The last values that fit, the newest at the right; the highest of them is as high as a line is.
 */
void draw_spark(struct area a, unsigned x, unsigned y, unsigned width, const double *values,
		unsigned n);

/* A cell of a map of heat: value of most. */
void draw_heat(struct area a, unsigned x, unsigned y, __u64 value, __u64 most);

#endif
