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
 * The threads, the sockets and the epoll registrations of processes, and if wanted of all that
 * descend from them, but never of this one itself; the hooks are attached already. unread is given
 * how many of them have epoll instances that could not be read (said in one line), b what
 * is so already; it is the caller's to free. Returns
 * EXIT_DONE; or, after one line on stderr, EXIT_FAILED, or EXIT_UNABLE if the kernel hides one of
 * them.
 */
int adopt_processes(struct wakelab *skel, const struct processes *p, bool children,
		    unsigned *unread, struct beginning *b);

/* The programs take processes in that come later, from here on. Returns 0, or -1 after one line on
 * stderr. */
int adopt_begin(struct wakelab *skel);

/* What adopt_processes() does, for those that the programs have taken in since; adds to unread.
 * Returns 0, or -1 after one line on stderr. */
int adopt_arrivals(struct wakelab *skel, unsigned *unread);

/* Adds the processes that are followed and live. Returns 0 or -1 after one line on stderr. */
int adopted_living(const struct wakelab *skel, struct processes *p);

#endif
