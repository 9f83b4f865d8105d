/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What there is to see: a file each for the screens, and the parts that several of them have. */
#ifndef WAKELAB_SEE_H
#define WAKELAB_SEE_H

#include "listing.h"

/* A list that keys go through. */
struct rows {
	const struct listing *listing;
	const void *rows;
	unsigned n;
};

typedef void draw_screen(struct area body, const struct model *m, struct look *look);
draw_screen draw_overview, draw_calls, draw_wakeups, draw_epoll, draw_threads, draw_findings;

typedef struct rows rows_of_screen(const struct model *m, const struct look *look);
rows_of_screen rows_of_calls, rows_of_epoll, rows_of_threads, rows_of_findings;

/* Parts of screens that the overview shows, too, in as many rows as the area has. */
void draw_thread_lines(struct area a, const struct model *m, const struct look *look);
void draw_call_lines(struct area a, const struct model *m, const struct look *look);
void draw_pipeline(struct area a, const struct model *m, const struct look *look);
void draw_heat_map(struct area a, const struct model *m);
void draw_wakes(struct area a, unsigned y, const struct model *m, const struct look *look);
void draw_reports(struct area a, unsigned y, const struct model *m, const struct look *look);
/* What told the threads, in one line: epoll, signals, or poll and select. */
void draw_source(struct area a, unsigned y, const struct model *m, const struct look *look);
void draw_waiting(struct area a, const struct model *m, const struct look *look);

#endif
