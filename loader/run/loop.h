/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the loop of a stream keeps, for stream.c and endings.c. */
#ifndef WAKELAB_LOOP_H
#define WAKELAB_LOOP_H

#include <poll.h>
#include <stdint.h>

#include "stream_types.h"

#define MAX_SAID 64 /* findings, before the end */

enum {
	FD_SIGNAL,
	FD_INTERVAL,
	FD_END,
	FD_WATCH,
	FD_LOOK,
	FD_CLOSING,
	FD_TELL,
	FD_STDERR,
	FD_PROCESS,
	FD_ALARM,
	FD_EVENTS,
	FD_OUTPUT,
	FD_RECORD,
	FD_KEYS,
	N_FDS
};

/* What the loop keeps; the caller's part is st. */
struct loop {
	struct stream *st;
	FILE *file;
	struct pollfd fds[N_FDS];
	struct snapshot *now, *last, *delta;
	__u64 start;
	struct cpu_split cpu;         /* what we had used by then */
	__u64 warned;                 /* stalls that began up to then were warned of */
	struct finding *found, *said; /* at the last look; those that were said */
	unsigned n_said;
	const char *state; /* that the target was in when it was looked at last */
	bool over;
	bool stopping;      /* everybody was told to end */
	bool killed;        /* who had not by the end of the grace */
	uint64_t closed;    /* connections, when the server was looked at last */
	unsigned unchanged; /* how often it had closed none since */
	bool failed;
	bool stopped;          /* the command is */
	bool to_stop;          /* we are to stop when it has */
	struct processes left; /* by a command that has ended */
	char line[256];        /* of standard error, so far */
	size_t line_len;
	struct teller *teller; /* of events; NULL: none are told */
};

#endif
