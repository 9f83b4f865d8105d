/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Finds the processes that are sought by name, port and control group. */
#ifndef WAKELAB_FINDER_H
#define WAKELAB_FINDER_H

#include <stdbool.h>

#include "processes.h"
#include "wakelab.h"

struct search_result {
	struct sought_bits seen; /* which of what is sought is there */
	__u64 net;               /* our network namespace, in which ports count */
	bool full;               /* there are more processes than there is room for */
};

/*
 * Looks through all processes, touches none, and adds those that are sought to p; sought->net is
 * not used. Returns 0, or -1 after one line on stderr.
 */
int finder_run(const struct sought *sought, struct processes *p, struct search_result *result);

#endif
