/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is so already when the tracing of a process that runs begins. */
#ifndef WAKELAB_BEGINNING_H
#define WAKELAB_BEGINNING_H

#include <stdbool.h>
#include <sys/types.h>

#include "wakelab.h"

#define SLEEPER_ARGS 6

/* A thread that sleeps in a system call. */
struct sleeper {
	__u64 task; /* its address in the kernel */
	pid_t pid, tid;
	char comm[COMM_LEN];
	char call[32];
	__u64 args[SLEEPER_ARGS];
};

struct beginning {
	struct sleeper *sleepers; /* by process and thread */
	struct stall *unread;     /* sockets with something to read: tgid, fd, peer, how much */
	unsigned n_sleepers, n_unread;
	bool cut; /* a signal that ends the run came before all was known */
};

#endif
