/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* /proc/PID/cmdline, see proc(5). */
#ifndef WAKELAB_PROC_COMMAND_H
#define WAKELAB_PROC_COMMAND_H

#include <stddef.h>

/* The command line of a process, its arguments with a space between, in line; of one that does not
 * fit size bytes the beginning, and "..." behind it. Left alone if it has none: it is a kernel
 * thread, or ending. */
void proc_command(unsigned pid, char *line, size_t size);

#endif
