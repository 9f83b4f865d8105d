/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The part of a snapshot that is rows, read from the maps of a session. */
#ifndef WAKELAB_DETAILS_H
#define WAKELAB_DETAILS_H

#include "snapshot.h"
#include "wakelab.skel.h"

/* Fills in snap->now, and adds the stalls under way at snap->time to stalled_left and stalled_ns.
 * Both were zeroed by the caller. Returns 0, or -1 with errno. */
int details_sample(const struct wakelab *skel, struct snapshot *snap);

/* Looks whether what lies about for snap->stall_ns at snap->time is still there, before what is
 * counted of it is read. Returns 0, or -1 with errno. */
int stalls_look(const struct wakelab *skel, const struct snapshot *snap);

/* Only the stalls under way, anew. Returns 0, or -1 with errno. */
int stalls_sample(const struct wakelab *skel, struct snapshot *snap);

#endif
