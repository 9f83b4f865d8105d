/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* /proc/PID/task/TID/comm, see proc(5). */
#ifndef WAKELAB_PROC_COMM_H
#define WAKELAB_PROC_COMM_H

#include <stddef.h>

/* The name of a thread that lives, in comm, which has len bytes; left alone if the thread is gone
 * meanwhile. */
void read_comm(unsigned pid, unsigned tid, char *comm, size_t len);

#endif
