/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* /proc/PID/fdinfo/FD of an epoll instance, see proc(5). */
#ifndef WAKELAB_FDINFO_H
#define WAKELAB_FDINFO_H

#include <stdbool.h>

/* A descriptor that is registered with the instance. */
struct fdinfo_interest {
	unsigned long long fd, events, data, inode;
};

/* Reads a line of it; false: it is of something else, or of a kernel that does not tell all of
 * that. */
bool fdinfo_interest(const char *line, struct fdinfo_interest *interest);

#endif
