/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A comparison while it is shown, and recorded: what its view is told, in which order. */
#ifndef WAKELAB_DISPLAY_H
#define WAKELAB_DISPLAY_H

#include "compare_view.h"
#include "output.h"
#include "recorder.h"

struct display {
	const struct compare_view *view;
	struct output *output;
	struct recorder *recorder; /* NULL: it is not recorded */
	struct compare_info info;
	struct growth growth;
	struct comparison comparison; /* of the step */
	struct recorded_ran ran;      /* what is recorded of a round */
};

/* The plan is known: subjects, steps and rounds are set in info and growth. */
void display_start(struct display *d);
/* A round of the step begins; before the first one its rounds are forgotten. */
void display_begin(struct display *d);
/* A subject has been through it, and failed, which is its fault; NULL: it did not. */
void display_ran(struct display *d, unsigned subject, const struct outcome *o, const char *failure);
/* All subjects have. */
void display_round(struct display *d);
/* No more rounds of the step; no more steps. */
void display_done(struct display *d);
void display_end(struct display *d);

/* Writes what has been printed so far. Returns -1 when the view fails for the first time, after one
 * line on stderr. */
int display_flush(struct display *d);

#endif
