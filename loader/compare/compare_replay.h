/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Shows a recorded comparison again, and compares recorded runs. */
#ifndef WAKELAB_COMPARE_REPLAY_H
#define WAKELAB_COMPARE_REPLAY_H

#include "display.h"
#include "replay.h"

/* Opens the output of a display, and fills in what info has of it. Returns 0, or -1 after one line
 * on stderr. */
int display_open(struct display *d, const struct replay *opt, const struct compare_view *view,
		 struct run_info *info);

/* Shows the recording of a comparison; of opt it takes the output alone. Returns an exit status,
 * see replay_run(). */
int compare_replay(const struct replay *opt, const struct compare_view *view, struct recording *r);

/*
 * Compares n recordings of runs (2 to MAX_SUBJECTS) side by side, each up to opt->to. Returns an
 * exit status: EXIT_FAILED, after one line on stderr, where one cannot be read or is none of a run.
 */
int compare_recordings(const struct replay *opt, const struct compare_view *view,
		       char *const paths[], unsigned n);

#endif
