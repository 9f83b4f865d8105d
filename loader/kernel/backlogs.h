/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What waits at the target's listeners, and who sleeps meanwhile. */
#ifndef WAKELAB_BACKLOGS_H
#define WAKELAB_BACKLOGS_H

#include "snapshot.h"
#include "wakelab.skel.h"

/* Looks at all of them and fills in the listeners of snap->now, which the caller zeroed. Returns 0,
 * or -1 with errno. */
int backlogs_sample(const struct wakelab *skel, struct snapshot *snap);

#endif
