/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Takes in what the target has registered with epoll already. */
#ifndef WAKELAB_ADOPT_INTERESTS_H
#define WAKELAB_ADOPT_INTERESTS_H

#include "wakelab.h"
#include "wakelab.skel.h"

/* Reads it from /proc, of all tasks that are followed. Gives in unread of how many processes it is
 * not known (said in one line). Returns 0 or -1 after one line on stderr. */
int adopt_interests(struct wakelab *skel, unsigned *unread);

#endif
