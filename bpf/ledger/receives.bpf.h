/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the target receives from its sockets. docs/metrics.md, "Service latency". */
#ifndef WAKELAB_RECEIVES_BPF_H
#define WAKELAB_RECEIVES_BPF_H

#include "edges.bpf.h"
#include "file.bpf.h"

/* include/linux/socket.h */
#define MSG_OOB      1
#define MSG_PEEK     2
#define MSG_ERRQUEUE 0x2000

/* Whether a receive took something: of the queue of errors, or a packet, that may be nothing. */
static __always_inline bool receive_takes(const struct sock *sk, int ret, int flags)
{
	if (ret || flags & MSG_ERRQUEUE)
		return !(flags & MSG_PEEK);
	return READ(sk, sk_type) == SOCK_DGRAM && !sock_has_ended(sk);
}

/* The running thread received ret bytes from sk. */
static __always_inline void sock_received(struct sock *sk, int ret, int flags)
{
	struct sock_state *s;

	if (flags & (MSG_PEEK | MSG_OOB)) {
		s = sock_find(sk);
		if (s && receive_takes(sk, ret, flags))
			sock_taken(sk, s);
		return;
	}
	if (sock_is_inet(sk, SOCK_DGRAM))
		count(COUNT_DATAGRAMS_READ, 1);
	if (ret) {
		count(COUNT_SOCKET_READS, 1);
		count(COUNT_SOCKET_BYTES, ret);
	}
	s = sock_find(sk);
	if (!s) {
		sock_follow(sk, false);
		return;
	}
	if (!sees_ready && !sock_is_tcp(sk))
		__sync_fetch_and_add(&s->taken, READ(sk, sk_type) == SOCK_STREAM ? ret : 1);
	interests_read(sk, s);
	if (receive_takes(sk, ret, flags))
		sock_taken(sk, s);
	if (ret && s->ready)
		latency_add(LATENCY_READY_TO_READ, s->ready, bpf_ktime_get_ns());
	s->ready = 0;
}

/* Where no hook sees receives, or one was kept from it: a call of the read family returned. */
static __always_inline void receive_exit(__u32 fd, int ret, int flags)
{
	struct sock *sk = sock_of_fd(fd);

	if (sk)
		sock_received(sk, ret, flags);
}

#endif
