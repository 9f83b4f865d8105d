/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What findings rest on: of a descriptor or a thread, that something happened which counts alone do
 * not tell, how often, and what was so then. Part of wakelab.h.
 */
#ifndef WAKELAB_EVIDENCE_H
#define WAKELAB_EVIDENCE_H

#ifndef __bpf__
#include <linux/types.h>
#endif

/* Fewer reads of 0 or failures of one descriptor happen to any, and are no evidence. */
#define TROUBLES_LEAST 16

enum evidence_of {
	/* of a descriptor */
	EVIDENCE_ENDS,   /* reads that gave 0, of what is no regular file */
	EVIDENCE_FAILED, /* calls that failed with the same error, one after the other */
	EVIDENCE_ACCEPT, /* accepts that failed for want of something: EMFILE, ENFILE, ENOBUFS,
			    ENOMEM; gone when one succeeds after a few; amount: connections that
			    wait, limit: RLIMIT_NOFILE */
	EVIDENCE_SPIN,   /* it was found ready by waits that did not sleep, again and again, and
			    nothing got on: count in a row; events as it was told; amount */
	EVIDENCE_STALE,  /* reports of a registration whose descriptor was closed before */
	EVIDENCE_REARM,  /* disarmed by EPOLLONESHOT, ready, and not re-armed for --stall-ms before
			    it was removed or closed; ns: how long, amount */
	EVIDENCE_LATE,   /* the same, and then it was re-armed, or read empty */
	EVIDENCE_ROOM,   /* a thread slept after a write that found no room, and nothing is
			    registered or polled that tells of room; since: of one under way, ns: the
			    longest; amount: bytes queued */
	EVIDENCE_NAGLE, /* a small write waited for the peer's ACK as long as an ACK is delayed; ns:
			   the longest */
	EVIDENCE_READ,  /* stalls that ended because somebody read; ns: the longest, amount */
	EVIDENCE_NEWS,  /* stalls that ended because more came */
	EVIDENCE_GONE,  /* stalls that ended because the descriptor was closed or removed */
	EVIDENCE_LEAK,  /* of a process, of is 0: accepted connections whose peers have closed, and
			   that are open still; amount: of these such as nobody is going to close,
			   limit: all whose peers have closed; of the oldest: fd, peer, ns */
	/* of a thread; fd: what waited; ns: the longest */
	EVIDENCE_COMPUTED, /* what was ready waited while it was between two waits, on the CPU */
	EVIDENCE_ASLEEP,   /* the same, asleep in another call: row */
	EVIDENCE_NOT_RUN,  /* the same, ready to run and without a CPU */
	N_EVIDENCE,
};

struct evidence_key {
	__u32 what; /* enum evidence_of */
	__u32 tgid;
	__u32 of; /* a descriptor, or a tid */
	__u32 pad;
};

struct evidence {
	__u64 count;
	__u64 since; /* when it was entered: CLOCK_MONOTONIC, ns */
	__u64 ns;
	__u64 amount; /* in unit */
	__u64 limit;
	__u64 file;
	__u32 tid; /* who did it last */
	__u32 fd;
	__u32 events;   /* as epoll or poll told them */
	__u16 row;      /* of the call, see calls.h; 0: none */
	__u16 err;      /* errno */
	__u16 port;     /* of the peer, in host order */
	__u8 family;    /* of the peer; AF_UNSPEC: none */
	__u8 unit;      /* enum unread */
	__u8 kind;      /* enum file_kind */
	__u8 part;      /* of a stall: its thread had taken a part of it */
	__u16 own_port; /* of a leak */
	__u8 addr[16];  /* of the peer, in network order */
	char comm[16];  /* of that thread */
};

_Static_assert(sizeof(struct evidence_key) == 16, "evidence key layout");
_Static_assert(sizeof(struct evidence) == 104, "evidence layout");

#endif
