/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Drawings on a page of text: time runs down, a lane for each of them, beside each other where the
 * width allows it. */
#ifndef WAKELAB_DRAWN_PAGE_H
#define WAKELAB_DRAWN_PAGE_H

#include <stdio.h>

#include "drawing.h"

#define DRAWN_LANES 4

struct drawn_lane {
	struct drawing *drawing; /* finished */
	const char *title;       /* fit to be shown */
};

struct drawn_page {
	FILE *out;
	int fd; /* that it gets to: its width, and its characters */
	bool color;
	/* comes after each line; row: it shows something that happened. Gives whether to go on. */
	bool (*printed)(void *ctx, bool row);
	void *ctx;
};

/* What the marks mean that there are; then the lanes, an arrival below the other, each with its
 * sums. n is 1 to DRAWN_LANES. */
void drawn_page_print(const struct drawn_page *p, const struct drawn_lane *lanes, unsigned n);

#endif
