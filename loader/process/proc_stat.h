/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* /proc/PID/stat, see proc(5). */
#ifndef WAKELAB_PROC_STAT_H
#define WAKELAB_PROC_STAT_H

#include <stddef.h>
#include <sys/types.h>

#define PROC_STAT_SIZE 512 /* room for a line of it */

/*
 * The fields behind the process's name, from its state on; in buf, which has PROC_STAT_SIZE bytes.
 * The name stands in parentheses and may hold anything, ")" and newlines too. NULL: the process is
 * gone.
 */
const char *proc_stat(pid_t pid, char *buf);

/* The parent of a process; 0: it is gone, or has none. */
pid_t proc_parent(pid_t pid);

#endif
