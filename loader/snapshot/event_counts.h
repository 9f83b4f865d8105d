/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How many events there were in a run, by kind. */
#ifndef WAKELAB_EVENT_COUNTS_H
#define WAKELAB_EVENT_COUNTS_H

#include <stdbool.h>

#include "event_records.h"

struct event_counts {
	bool told; /* they were asked for */
	struct event_tally tally;
	__u64 shown[N_EVENTS];
};

#endif
