/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Threads and processes that cannot be started. */
#ifndef WAKELAB_TASKS_H
#define WAKELAB_TASKS_H

#include <stddef.h>

#define TASKS_REFUSED_LEN 160

/*
 * The error of a fork() or pthread_create(), and behind EAGAIN, which is that of several limits,
 * the one that has been reached, or where that cannot be seen those that may be: "EAGAIN: pids.max
 * of the cgroup /a is 40". Gives buf, of TASKS_REFUSED_LEN bytes or more.
 */
const char *tasks_refused(int error, char *buf, size_t len);
/* The same in a line on stderr, behind what: "cannot fork: EAGAIN: ..." */
void tasks_warn(const char *what, int error);

#endif
