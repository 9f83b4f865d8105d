/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is there to be read and is not, as BPF and user space share it. Part of wakelab.h. */
#ifndef WAKELAB_STALL_H
#define WAKELAB_STALL_H

#ifndef __bpf__
#include <linux/types.h>
#endif

/* What there is to be read is counted in. */
enum unread {
	UNREAD_BYTES,
	UNREAD_PACKETS,
	UNREAD_CONNECTIONS,
	UNREAD_EVENTS,
	UNREAD_COUNT, /* of an eventfd */
	UNREAD_EXPIRATIONS,
	UNREAD_SIGNALS,
	UNREAD_MESSAGES,
	UNREAD_INTERESTS, /* of a nested epoll instance: those that are ready */
	N_UNREAD
};

/* Data left behind: by struct interest_key while that is under way. */

struct stall {
	__u64 since;
	__u64 unread;
	__u32 tid; /* of the thread that fell asleep over it */
	__u32 tgid;
	__u32 fd;
	__u16 port;      /* of the peer, in host order */
	__u8 family;     /* of the peer; AF_UNSPEC: none */
	__u8 unit : 4;   /* enum unread */
	__u8 before : 4; /* it was under way when tracing began: since is when it was found */
	__u8 addr[16];   /* of the peer, in network order */
	char comm[16];   /* of that thread */
	__u8 kind;       /* enum file_kind */
	__u8 part;       /* the thread had taken a part of it */
	__u8 seen;       /* it was looked at when it was a stall, and was there */
	__u8 pad;
	__u32 read; /* of a TCP connection: how far it was read */
};

/* What adopt_file has come upon in a task's table of descriptors. */
struct adopted_file {
	__u64 table; /* its address in the kernel; 0: the task has none, or has ended */
	__u32 next;  /* the descriptor to go on from; 0: that was all */
	__u32 fd;
	__u32 is_epoll;
	struct stall unread; /* nothing if unread.unread is 0 */
};

/* The most that was left behind at a time, by enum unread. */
struct largest_left {
	__u64 unread[N_UNREAD];
};

_Static_assert(sizeof(struct stall) == 72, "stall layout");

#endif
