/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a session is to those who open it and those who read it. */
#ifndef WAKELAB_SESSION_TYPES_H
#define WAKELAB_SESSION_TYPES_H

#include <sys/resource.h>

#include "attach.h"
#include "beginning.h"
#include "event_source.h"
#include "hooks.h"
#include "kernel.h"
#include "snapshot.h"

struct session {
	struct rlimit descriptors; /* the limit before */
	struct kernel kernel;
	struct plan plan;
	struct attachment attached;
	int n_cpus;
	void *percpu; /* room for one value of the largest per-CPU map, for each CPU */
	struct ring_buffer *alarms;
	struct event_source *events; /* NULL: none are told */
	int stats; /* while it is open the kernel counts the runs of programs; -1: it is not asked
		      to */
	char no_stats[96]; /* why it refused that */
	__u64 attach_ns;
	__u64 since;                         /* kernel_now() when adopting began */
	__u64 stalls, stalled_ns, recursion; /* of the last sample */
	struct beginning beginning;
	struct command_lines commands;
	unsigned unread; /* processes whose registrations were not adopted */
	bool arrivals;   /* processes may come later */
	const char *hooks[N_HOOKS + 1];
	char tier[64];
};

#endif
