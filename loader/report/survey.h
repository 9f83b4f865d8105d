/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a recording has, before a page is made of it: how long it is, how many events there are, and
 * which of them the page shows one by one. */
#ifndef WAKELAB_SURVEY_H
#define WAKELAB_SURVEY_H

#include "recording.h"

#define MOST_PLACES 128
#define MOST_LANES  256

/* A thread on the timeline. */
struct lane {
	__u32 tid, pid;
	char comm[COMM_LEN];
};

struct survey {
	__u64 began, start; /* as the head has them */
	__u64 span;         /* ns from the start to the last that is told */
	__u64 interval_ns;  /* between two moments */
	__s64 wall_ns;
	__u64 events, whole; /* recorded; shown one by one */
	__u64 width;         /* so far from a place all events are shown; ~0: from any */
	__u64 dropped;       /* moments */
	char flaw[128];      /* why there is no end; "": there is one */
	/* where something was found, ns since the start, ascending; the first is the start */
	__u64 places[MOST_PLACES];
	unsigned n_places;
	struct lane lanes[MOST_LANES]; /* by the first event of each */
	unsigned n_lanes;
	__u64 unlaned; /* events of the threads that come after these */
};

/*
 * Reads a recording to find out, so that at most `most` of its events are shown one by one. The
 * path is read twice: it has to be a file. Returns 0, or an exit status after one line on stderr.
 */
int survey_file(struct survey *s, const char *path, __u64 most);

/* When an event was, ns since the start. */
__u64 survey_time(const struct survey *s, const struct event_head *head);

/* Whether one at that time is shown by itself. */
bool survey_is_whole(const struct survey *s, __u64 time);

/* The lane of a thread, NULL: it has none. */
const struct lane *survey_lane(const struct survey *s, __u32 tid);

#endif
