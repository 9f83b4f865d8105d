/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Processes that lost their parent among our descendants become our children for a while, so that
 * what kills those between us and it does not get away. */
#ifndef WAKELAB_ORPHANS_H
#define WAKELAB_ORPHANS_H

#include <stdbool.h>

#include "descendants.h"

struct orphans {
	struct descendants before; /* who were our descendants already, and are not touched */
	int reaper;                /* what we were before, for prctl(2) */
};

void orphans_begin(struct orphans *o);

/* Kills and reaps all children that we have and had not at the beginning; waits for a few seconds
 * at most. */
void orphans_end(struct orphans *o);

/* Kills the children of this process but those that are spared, NULL: all, and reaps those that
 * have ended if that is wanted; gives whether there was one that it may kill. */
bool children_kill(const struct descendants *spared, bool reap);

#endif
