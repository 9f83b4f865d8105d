/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The sockets of the target: what they are, and what there is to be read of them. */
#ifndef WAKELAB_SOCKET_BPF_H
#define WAKELAB_SOCKET_BPF_H

#include "counting.bpf.h"
#include "backlogs.bpf.h"

/* What is kept of an object, a socket or a file that is none, whosever address that is by now. */
static __always_inline struct sock_state *object_find(__u64 object)
{
	return bpf_map_lookup_elem(&sockets, &object);
}

/* The number of a socket: its inode's (net/socket.c, sock_alloc()), which is not given out again
 * before 2^32 others were. 0: no descriptor leads to it, yet or any more. */
static __always_inline __u32 sock_number(const struct sock *sk)
{
	const struct socket *socket = READ(sk, sk_socket);

	if (!socket)
		return 0;
	return READ(container_of(socket, struct socket_alloc, socket), vfs_inode.i_ino);
}

static __always_inline __u32 sock_ports(const struct sock *sk)
{
	return (__u32)READ(sk, __sk_common.skc_dport) << 16 | READ(sk, __sk_common.skc_num);
}

#define SOCK_DEAD_BIT (1ul << 0) /* enum sock_flags */

/*
 * Whether this is the socket of which s is kept, and not one that has its address today: not every
 * end is seen. A connection that accept() has not given out has no number; its ports tell until it
 * has. One that was closed has none any more, and lives on while the peer is told.
 */
static __always_inline bool sock_is_at(struct sock_state *s, const struct sock *sk)
{
	__u32 number = sock_number(sk);

	if (s->number)
		return number == s->number ||
		       (!number && READ(sk, __sk_common.skc_flags) & SOCK_DEAD_BIT);
	if (s->ports != sock_ports(sk))
		return false;
	s->number = number;
	return true;
}

static __always_inline struct sock_state *sock_find(const struct sock *sk)
{
	struct sock_state *s = object_find((__u64)sk);

	return s && sock_is_at(s, sk) ? s : NULL;
}

/* For sock_follow(). Global and with scalar arguments: verified by itself, and not at each use. */
__weak __noinline int sock_begin(__u64 address, __u32 keep)
{
	const struct sock *sk = (const void *)address;
	struct sock_state fresh = {};

	if (keep && sock_find(sk))
		return 0;
	fresh.number = sock_number(sk);
	fresh.ports = sock_ports(sk);
	fresh.listens = sock_takes_connections(sk);
	if (fresh.listens)
		backlog_begin(address);
	if (sock_is_tcp(sk)) {
		if (sock_is_listening(sk))
			listener_begin(sk);
		else
			fresh.announced = READ((struct tcp_sock *)sk, rcv_nxt);
	}
	if (bpf_map_update_elem(&sockets, &address, &fresh, BPF_ANY))
		count(COUNT_LOST_SOCKETS, 1);
	return 0;
}

/* Takes a socket in. One that is known keeps its state if keep is set (accept gives out what was
 * followed since it was established), else starts anew (its address was another socket's). */
static __always_inline void sock_follow(const struct sock *sk, bool keep)
{
	if (sk)
		sock_begin(address_of(sk), keep);
}

#define RCV_SHUTDOWN     1
#define SOCK_DONE_BIT    (1ul << 1) /* enum sock_flags */
#define SOCK_URGIN_BIT   (1ul << 2)
#define SOCK_NOSPACE_BIT (1ul << 2) /* include/linux/net.h, of struct socket */

static __always_inline bool sock_has_ended(const struct sock *sk)
{
	return READ(sk, sk_shutdown) & RCV_SHUTDOWN;
}

#define TCP_URG_VALID 0x0100 /* include/net/tcp.h */

static __always_inline bool tcp_is_urgent(const struct sock *sk)
{
	return READ((const struct tcp_sock *)sk, urg_data) & TCP_URG_VALID;
}

/* Bytes that a read would give now: the kernel's own tcp_inq() (include/net/tcp.h, 6.18), by which
 * a FIN, which takes a number in the sequence, is none, and the urgent byte ends them. */
static __always_inline __u32 tcp_unread(const struct sock *sk)
{
	const struct tcp_sock *tcp = (const void *)sk;
	__u32 next = READ(tcp, rcv_nxt), copied = READ(tcp, copied_seq);
	__u32 urgent = READ(tcp, urg_seq);
	unsigned long flags = READ(sk, __sk_common.skc_flags);

	if (!(flags & SOCK_URGIN_BIT) && READ(tcp, urg_data) && (__s32)(urgent - copied) >= 0 &&
	    (__s32)(urgent - next) < 0)
		return urgent - copied;
	if (next != copied && flags & SOCK_DONE_BIT)
		next--;
	return next - copied;
}

static __always_inline __u32 packets_unread(const struct sock *sk)
{
	const struct udp_sock *udp = (const void *)sk;
	__u32 unread = READ(sk, sk_receive_queue.qlen);

	if (sock_is_inet(sk, SOCK_DGRAM))
		unread += READ(udp, reader_queue.qlen);
	return unread;
}

/* Bytes that were written and not taken yet; of what is no socket it is not known: 0. */
static __always_inline __u32 sock_queued(const struct sock *sk)
{
	return sk ? READ(sk, sk_wmem_queued) : 0;
}

/* Whether a write that has just returned was cut short: there is no room now. A packet is sent
 * whole or not at all; a UNIX socket never takes its flag back, so its memory tells
 * (net/unix/af_unix.c, unix_writable(), 6.18). */
static __always_inline bool sock_lacks_room(const struct sock *sk)
{
	if (READ(sk, sk_type) != SOCK_STREAM)
		return false;
	if (READ(sk, __sk_common.skc_family) == AF_UNIX)
		return READ(sk, sk_wmem_alloc.refs.counter) << 2 > READ(sk, sk_sndbuf);
	return READ(sk, sk_socket, flags) & SOCK_NOSPACE_BIT;
}

/* What a read or an accept would find right now; of a UNIX stream, in buffers. */
static __always_inline __u64 sock_unread(const struct sock *sk)
{
	if (!sock_is_tcp(sk))
		return packets_unread(sk);
	return sock_is_listening(sk) ? READ(sk, sk_ack_backlog) : tcp_unread(sk);
}

/* Whether the readiness that is announced now is the first since the reader took all there was. */
static __always_inline bool sock_was_drained(const struct sock *sk, struct sock_state *s)
{
	const struct tcp_sock *tcp = (const void *)sk;
	__u32 announced;

	if (sock_is_tcp(sk)) {
		announced = s->announced;
		s->announced = READ(tcp, rcv_nxt);
		return READ(tcp, copied_seq) == announced;
	}
	return packets_unread(sk) <= 1;
}

/*
 * The connections that a listener has had up to now, those in the queue and those given out. While
 * an accept() returns it may be one too few, so it serves only to know the notification of what was
 * found in the queue already.
 */
static __always_inline __u32 listener_arrived(const struct sock *sk)
{
	const struct sock_state *s = sock_find(sk);

	return READ(sk, sk_ack_backlog) + (s ? s->accepted : 0);
}

/* How far a TCP socket has come: it grows with each byte, end of file, reset or connection. */
static __always_inline __u32 sock_position(const struct sock *sk)
{
	if (sock_is_listening(sk))
		return listener_arrived(sk);
	return READ((const struct tcp_sock *)sk, rcv_nxt) +
	       (READ(sk, __sk_common.skc_state) == TCP_CLOSE);
}

#endif
