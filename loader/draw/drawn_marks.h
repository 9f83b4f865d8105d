/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The marks of a drawing, a column wide each. */
#ifndef WAKELAB_DRAWN_MARKS_H
#define WAKELAB_DRAWN_MARKS_H

enum drawn_mark {
	DRAWN_ARRIVES,
	DRAWN_FRESH,
	DRAWN_AGAIN,
	DRAWN_UNJUDGED,
	DRAWN_FOUND,
	DRAWN_READ,
	DRAWN_NOTHING,
	DRAWN_WRITE,
	DRAWN_ACCEPTED,
	DRAWN_SLEEPS,
	DRAWN_WOKEN,
	DRAWN_ABSORBED,
	DRAWN_ENDS,
	DRAWN_ARMED,
	DRAWN_DISARMED,
	DRAWN_SIGNAL,
	DRAWN_TAKEN,
	DRAWN_LEFT,
	N_DRAWN_MARKS
};

struct drawn_mark_row {
	const char *utf8, *ascii;
	const char *means; /* for the legend */
};

extern const struct drawn_mark_row drawn_marks[N_DRAWN_MARKS];

#endif
