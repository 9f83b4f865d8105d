/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Whether another thread of a test's program sleeps in a call, by the kernel's own word. */
#ifndef SLEEPS_H
#define SLEEPS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>

#ifdef SYS_epoll_wait
#define IN_EPOLL_WAIT SYS_epoll_wait
#else
#define IN_EPOLL_WAIT SYS_epoll_pwait /* as the C library makes it then */
#endif

/* Whether it has been switched out there, too: the kernel waits for that before it answers. */
static bool sleeps(int tid, long call)
{
	char path[64];
	FILE *file;
	long in;
	bool is;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
	file = fopen(path, "r");
	is = file && fscanf(file, "%ld", &in) == 1 && in == call;
	if (file)
		fclose(file);
	return is;
}

#endif
