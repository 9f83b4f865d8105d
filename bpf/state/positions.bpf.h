/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How far a file has come: a number that moves with what a report of it tells of, and with nothing
 * else. Read at the moment of a report, it says without any notification whether the report was
 * news. One small function a kind of file; docs/metrics.md, "Interest ledger".
 */
#ifndef WAKELAB_POSITIONS_BPF_H
#define WAKELAB_POSITIONS_BPF_H

#include "epoll.bpf.h"
#include "file.bpf.h"
#include "task.bpf.h"
#include "unread.bpf.h"

/* The position of a file that does not tell it. */
#define NO_POSITION (~0ull)

/* What the target took out of a file, or how often it set a timer, see struct sock_state. */
static __always_inline __u64 taken_from(__u64 object)
{
	struct sock_state *s = object_find(object);

	return s ? s->taken : 0;
}

/* The positions. Global and with scalar arguments: verified once, and their stacks are their own.
 */

/* What was ever written to an eventfd: what is there, and what was read. */
__weak __noinline __u64 eventfd_position(__u64 address)
{
	const struct file *file = (const void *)address;
	const struct eventfd_ctx *ctx = READ(file, private_data);

	return READ(ctx, count) + taken_from(address);
}

/* Where the next byte goes that is written to a pipe: a new buffer, or the end of the last. */
__weak __noinline __u64 pipe_position(__u64 address)
{
	const struct file *file = (const void *)address;
	const struct pipe_inode_info *pipe = READ(file, private_data);
	__u64 head = READ(pipe, head);
	__u32 last = (head - 1) & (READ(pipe, ring_size) - 1);
	const struct pipe_buffer *buf = READ(pipe, bufs);

	buf = (const void *)(address_of(buf) + last * bpf_core_type_size(struct pipe_buffer));
	return head << 32 | (__u32)(READ(buf, offset) + READ(buf, len));
}

#define CLOCK_REALTIME_ALARM 8 /* include/uapi/linux/time.h */
#define CLOCK_BOOTTIME_ALARM 9

/* Set to the time at which it ran out last, a timer is at another position all the same. */
#define SET_TIMER_SHIFT 40

/* When a timer ran out last, and how often unread; one that goes on already (timerfd_gettime() sees
 * to that) ran out an interval before it will again. */
__weak __noinline __u64 timerfd_position(__u64 address)
{
	const struct file *file = (const void *)address;
	const struct timerfd_ctx *ctx = READ(file, private_data);
	int clock = READ(ctx, clockid);
	__u64 due;

	/* these two share their room, and what a load of it gives may be taken for a pointer */
	if (clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM)
		due = address_of((const void *)READ(ctx, t.alarm.node.expires));
	else
		due = address_of((const void *)READ(ctx, t.tmr.node.expires));
	if (!READ(ctx, expired))
		due -= READ(ctx, tintv);
	return due + READ(ctx, ticks) + (taken_from(address) << SET_TIMER_SHIFT);
}

/* How many signals of that number were raised for a process. Global, with scalar arguments, as is
 * the next: verified once and not at each turn of the loop. */
__weak __noinline __u32 signal_raised(__u32 tgid, __u32 signal)
{
	struct signal_key key = {.tgid = tgid, .signal = signal};
	struct signal_state *s = bpf_map_lookup_elem(&signals_out, &key);

	return s ? s->raised : 0;
}

/* The same of the running task's process, and of the signals that a mask leaves out. */
static __always_inline __u64 signals_raised(__u64 mask)
{
	__u32 tgid = tgid_of((const void *)bpf_get_current_task());
	__u64 n = 0;

	/* a factor instead of a branch, which the verifier would take in both ways each time */
	for (__u32 signal = 1; signal < N_SIGNALS; signal++)
		n += signal_raised(tgid, signal) * (~mask >> (signal - 1) & 1);
	return n;
}

__weak __noinline __u64 signalfd_position(__u64 address)
{
	const struct file *file = (const void *)address;
	const struct signalfd_ctx *ctx = READ(file, private_data);

	return signals_raised(READ(ctx, sigmask.sig[0])); /* what it is not asked for */
}

/* Bytes or connections that have come. */
__weak __noinline __u64 tcp_position(__u64 sk)
{
	return sock_position((const void *)sk);
}

#define MAX_BUFFERS 64 /* unread, of a UNIX stream that is looked through */

/* How many bytes have come: those that wait, those that were read, and the end of file. */
__weak __noinline __u64 unix_stream_position(__u64 address)
{
	const struct sock *sk = (const void *)address;
	__u64 end = address + bpf_core_field_offset(sk->sk_receive_queue);
	__u64 skb = address_of(READ(sk, sk_receive_queue.next));
	__u64 n = taken_from(address) + sock_has_ended(sk);

	for (__u32 i = 0; i < MAX_BUFFERS; i++) {
		if (skb == end)
			return n;
		n += unix_unread(skb);
		skb = address_of(READ((const struct sk_buff *)skb, next));
	}
	return NO_POSITION;
}

/* How many packets have come: those that wait, those that were read, and the end of file. */
__weak __noinline __u64 packets_position(__u64 sk)
{
	return packets_unread((const void *)sk) + taken_from(sk) + sock_has_ended((const void *)sk);
}

/* Of an epoll instance: how many edges its interests have had, if all of them are seen. */
__weak __noinline __u64 epoll_position(__u64 address)
{
	const struct file *file = (const void *)address;
	__u64 instance = address_of(READ(file, private_data));
	__u64 *id = bpf_map_lookup_elem(&epoll_ids, &instance);
	const struct epoll_state *e = id ? epoll_own(*id) : NULL;

	return e && !e->hidden ? e->told : NO_POSITION;
}

/* Whether files of this kind have a position, here: the kernel's types say. */
static __always_inline bool kind_has_position(enum file_kind kind)
{
	switch (kind) {
	case FILE_TCP:
	case FILE_LISTENER:
	case FILE_DATAGRAMS:
	case FILE_UNIX_PACKETS:
	case FILE_UNIX_STREAM:
	case FILE_PIPE:
	case FILE_EVENTFD:
	case FILE_TIMERFD:
	case FILE_SIGNALFD:
		return kind_has_unread(kind);
	case FILE_EPOLL:
		return sees_ready;
	default:
		return false;
	}
}

/* The position of a file; sk: of a socket. Global, with scalar arguments: verified once. */
__weak __noinline __u64 file_position(__u64 address, __u64 sk, __u32 kind)
{
	if (!kind_has_position(kind))
		return NO_POSITION;
	switch (kind) {
	case FILE_TCP:
	case FILE_LISTENER:
		return tcp_position(sk);
	case FILE_DATAGRAMS:
	case FILE_UNIX_PACKETS:
		return packets_position(sk);
	case FILE_UNIX_STREAM:
		return unix_stream_position(sk);
	case FILE_PIPE:
		return pipe_position(address);
	case FILE_EVENTFD:
		return eventfd_position(address);
	case FILE_TIMERFD:
		return timerfd_position(address);
	case FILE_SIGNALFD:
		return signalfd_position(address);
	case FILE_EPOLL:
		return epoll_position(address);
	default:
		return NO_POSITION;
	}
}

#endif
