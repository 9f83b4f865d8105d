/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Takes in what a process has already when tracing begins. */
#ifndef WAKELAB_ADOPT_H
#define WAKELAB_ADOPT_H

#include <stdbool.h>
#include <sys/types.h>

#include "beginning.h"
#include "processes.h"
#include "wakelab.skel.h"

/*
 * The threads, the sockets and the epoll registrations of n processes, and if wanted of all that
 * descend from them, but never of this one itself; the hooks are attached already. unread is given
 * how many of them have epoll instances that could not be read (said in one line), b what
 * is so already; it is the caller's to free. Returns
 * EXIT_DONE; or, after one line on stderr, EXIT_FAILED, or EXIT_UNABLE if the kernel hides one of
 * them.
 */
int adopt_processes(struct wakelab *skel, const pid_t *pids, unsigned n, bool children,
		    unsigned *unread, struct beginning *b);

/* Adds the processes that are followed and live. Returns 0 or -1 after one line on stderr. */
int adopted_living(const struct wakelab *skel, struct processes *p);

#endif
