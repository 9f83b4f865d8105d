/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_COMPARE_RUN_H
#define WAKELAB_COMPARE_RUN_H

#include "compare_view.h"
#include "subject.h"

/* A comparison as it was asked for, and found possible. */
struct comparison_plan {
	struct subject subjects[MAX_SUBJECTS];
	unsigned n_subjects;
	unsigned rounds;
	struct load_options load;           /* conns is set for each step, active capped to it */
	unsigned conns[MAX_STEPS], n_conns; /* ascending */
	struct output_options out;
	const struct compare_view *view;
};

/*
 * Makes all rounds at each number of connections: in each round every subject has its turn, one
 * after the other, beginning with the next one. Ends early after a signal, when the output is gone,
 * or when a subject without a fault fails; what was measured until then is shown. Returns the exit
 * status.
 */
int compare_run(const struct comparison_plan *plan);

#endif
