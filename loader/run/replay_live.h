/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A recorded run on the screen of the live view, forward and back in time. */
#ifndef WAKELAB_REPLAY_LIVE_H
#define WAKELAB_REPLAY_LIVE_H

#include "replay.h"

/* Shows it from where it has been read to; the same exit status as of replay_run(). */
int replay_live(const struct replay *opt, struct recording *r);

#endif
