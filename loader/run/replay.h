/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Shows a recorded run as it was shown, or in another way. */
#ifndef WAKELAB_REPLAY_H
#define WAKELAB_REPLAY_H

#include "recording.h"
#include "stream_types.h"

struct replay {
	/* the view, and where to; top and all findings where they are given, else as they were */
	struct output_options out;
	double interval;  /* seconds; 0: as it was shown */
	double from, to;  /* seconds since the start; to 0: up to the end */
	bool intervals;   /* beside events, too */
	const char *done; /* what becomes of what is shown; NULL: "shown" */
};

/* Shows it from where it has been read to. Returns an exit status: EXIT_FAILED, after one line on
 * stderr, where the output failed, or the recording has no end. */
int replay_run(const struct replay *opt, struct recording *r);

/* The same on a stream, whatever opt says of where to. */
int replay_print(FILE *out, const struct replay *opt, struct recording *r);

/* What is said of a recording that has no end, in one line on stderr; until: how far it came; done:
 * what became of that, "shown". Returns EXIT_FAILED then, else EXIT_DONE. */
int replay_say_flaw(const struct recording *r, const char *until, const char *done);

/* What the run was, for a view of it that goes to an output (NULL: to a stream): with what is asked
 * for now. */
struct run_info replay_info(const struct recorded_head *head, const struct output_options *out,
			    const struct output *output);

#define ORIGIN_SIZE 640

/* When and where it was recorded, in buf: "recorded 2026-11-30 14:03:07 UTC on host (x86_64, 2
 * CPUs)" */
const char *replay_origin(const struct recorded_head *head, char *buf, size_t size);

#endif
