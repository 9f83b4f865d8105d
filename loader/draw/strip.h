/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A lane of a page: its rows as text, all of the same width. */
#ifndef WAKELAB_STRIP_H
#define WAKELAB_STRIP_H

#include "drawing.h"

#define STRIP_SIZE 512 /* bytes of a row */

enum lane_part {
	LANE_BEFORE,  /* what comes before the first arrival */
	LANE_ARRIVAL, /* something to be read, where nothing was */
	LANE_AFTER,   /* what comes behind the last one, where that has an end */
	LANE_NONE,
};

struct strip {
	const struct drawing *d;
	const char *title;
	bool utf8, color, times;
	unsigned width; /* of a row, in columns */
	/* from here on its own */
	unsigned digits;                                  /* of what is unread */
	bool several;                                     /* descriptors that are read */
	unsigned next;                                    /* row to be shown */
	unsigned first;                                   /* of the section that is shown, ... */
	__u64 start;                                      /* ... which begins then; */
	bool idle;                                        /* it has none */
	int place;                                        /* that was shown last */
	__s64 unread;                                     /* of that */
	unsigned awake, asleep;                           /* threads, as bits */
	unsigned part[N_DRAWN_MARKS], all[N_DRAWN_MARKS]; /* how often: in this arrival; in all */
};

/* Looks through the drawing; utf8, color and times are set. */
void strip_open(struct strip *s, const struct drawing *d, const char *title);

/* Columns that a row takes at least. */
unsigned strip_least(const struct strip *s);

/* The section that the next row begins. */
enum lane_part strip_section(const struct strip *s);
/* Begins a section of that kind, where the next one is; else shows nothing in its place. */
void strip_begin(struct strip *s, enum lane_part kind);
/* Whether the section has one more row. */
bool strip_goes_on(const struct strip *s);

/* The next row; fit for the width. */
void strip_row(struct strip *s, char buf[STRIP_SIZE]);

/* "4 reports: 1 new, 3 again" and so on, a line of it: n go before. False: there is no such line.
 */
bool strip_sum(const struct strip *s, const unsigned counts[N_DRAWN_MARKS], unsigned n,
	       char buf[STRIP_SIZE]);

/* Text of so many columns: cut, or with spaces behind it. */
void strip_fill(const struct strip *s, const char *text, char buf[STRIP_SIZE]);

#endif
