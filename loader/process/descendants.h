/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* All that a process has started and that lives, as /proc has it at the moment. */
#ifndef WAKELAB_DESCENDANTS_H
#define WAKELAB_DESCENDANTS_H

#include <sys/types.h>

#define MAX_DESCENDANTS 1024

struct descendants {
	pid_t pids[MAX_DESCENDANTS];
	unsigned n;
};

/* Finds the children of a process, their children and so on; those that have ended and were not
 * waited for too. Of more than MAX_DESCENDANTS the rest is left out. */
void descendants_find(struct descendants *d, pid_t ancestor);

#endif
