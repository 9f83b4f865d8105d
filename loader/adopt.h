/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Takes in what a process has already when tracing begins. */
#ifndef WAKELAB_ADOPT_H
#define WAKELAB_ADOPT_H

#include <sys/types.h>

#include "wakelab.h"
#include "wakelab.skel.h"

/*
 * The threads, the sockets and the epoll registrations of a process, its hooks being attached
 * already. Returns EXIT_DONE; or, after one line on stderr, EXIT_FAILED, or EXIT_UNABLE if the
 * kernel hides the process.
 */
int adopt_process(struct wakelab *skel, pid_t pid);

#endif
