/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The threads that sleep in a call when tracing begins, and the stalls that are under way then. */
#ifndef WAKELAB_SLEEPERS_H
#define WAKELAB_SLEEPERS_H

#include "beginning.h"
#include "processes.h"
#include "wakelab.h"
#include "wakelab.skel.h"

/* Fills in the sleepers of b, of all tasks that are followed; only: of those of these processes,
 * unless it is NULL. They are the caller's to free. Returns 0 or -1 after one line on stderr. */
int find_sleepers(struct wakelab *skel, const struct processes *only, struct beginning *b);

/* Takes in the stalls of those that wait for an epoll instance, whose registrations are taken in
 * already. Returns 0 or -1 after one line on stderr. */
int adopt_stalls(struct wakelab *skel, struct beginning *b);

#endif
