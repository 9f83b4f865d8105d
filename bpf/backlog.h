/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What waits at a listener, as BPF and user space share it. Part of wakelab.h. */
#ifndef WAKELAB_BACKLOG_H
#define WAKELAB_BACKLOG_H

#ifndef __bpf__
#include <linux/types.h>
#endif

/* By the address of the listener; of one that was closed while connections waited, by when. */
struct backlog {
	__u64 since; /* when its queue moved last: one was taken, or the first came */
	__u64 late;  /* the longest time that connections waited, and one was accepted then */
	__u64 ended; /* when it was closed; 0: it listens */
	__u32 tgid;  /* a process that has it open, and as which descriptor; 0: not seen */
	__u32 fd;
	__u32 accepter; /* the thread that accepted last, and its process; 0: none */
	__u32 accepter_tgid;
	__u32 accepted; /* by calls, since tracing began */
	__u32 told;     /* connections that came, those that waited when tracing began among them */
	__u32 taken;    /* of these, those that were seen to be gone */
	__u32 waiting;  /* now, and how many may */
	__u32 limit;
	__u32 dropped; /* attempts that the kernel dropped while as many waited as may */
	__u32 drops;   /* the kernel's count of these and others when it was looked at */
	__u16 port;    /* its own address: in host order */
	__u8 family;
	__u8 full;     /* as many wait as may */
	__u8 addr[16]; /* in network order */
	char comm[16]; /* of that process */
	__u32 pad;
};

/* What look_at_task has seen of a task. */
struct looked_task {
	__u32 row;    /* of the call that it is in, see calls.h; 0: none that was seen to begin */
	__u32 asleep; /* it sleeps */
	__u32 before; /* in the call in which it was when tracing began */
	__u32 pad;
};

_Static_assert(sizeof(struct backlog) == 112, "backlog layout");

#endif
