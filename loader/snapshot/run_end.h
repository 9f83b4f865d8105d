/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How a run ended, and what is known of it besides its totals. */
#ifndef WAKELAB_RUN_END_H
#define WAKELAB_RUN_END_H

#include "beginning.h"
#include "event_counts.h"
#include "reconcile.h"

/* How far a server and its client had come at one moment. */
struct progress {
	__u64 time;     /* CLOCK_MONOTONIC, ns */
	__u64 cpu_ns;   /* of the server and all its workers */
	__u64 messages; /* echoed */
};

struct run_end {
	bool completed;                  /* it was not cut short by a signal or a death */
	struct reconciliation witnesses; /* n_rows 0: there was nothing to reconcile */
	const char *failure;             /* why it failed, "" if it did not; from outside */
	const char *state;               /* that the target was in last, see process_state() */
	const struct beginning *before;  /* what was so when tracing began; NULL: nothing was */
	__u64 elapsed_ns;                /* since the start */
	struct event_counts events;
};

#endif
