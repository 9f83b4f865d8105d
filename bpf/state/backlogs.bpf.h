/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What waits at the target's listeners, of TCP and of UNIX streams: since when nobody has taken any
 * of it, and what was dropped for it. docs/metrics.md, "Listeners".
 */
#ifndef WAKELAB_BACKLOGS_BPF_H
#define WAKELAB_BACKLOGS_BPF_H

#include "listeners.bpf.h"
#include "task.bpf.h"

static __always_inline __u32 listener_waiting(const struct sock *sk)
{
	if (READ(sk, __sk_common.skc_family) == AF_UNIX)
		return READ(sk, sk_receive_queue.qlen);
	return READ(sk, sk_ack_backlog);
}

/* The queue moves: what waits waits anew. */
static __always_inline void backlog_moves(struct backlog *b, __u64 now)
{
	if (now - b->since > b->late)
		b->late = now - b->since;
	b->since = now;
}

/* The kernel counts other drops, too: a bare ACK under TCP_DEFER_ACCEPT. Those that are for want of
 * room come while the queue is full (include/net/sock.h, sk_acceptq_is_full()). */
static __always_inline void backlog_drops(struct backlog *b, const struct sock *sk)
{
	__u32 drops = READ(sk, sk_drops.counter);

	if (b->full)
		b->dropped += drops - b->drops;
	b->drops = drops;
	b->full = b->waiting > b->limit;
}

/*
 * Looks at a listener: how many wait, whether some were taken, by whatever means, and what was
 * dropped. Global and with scalars only: verified once.
 */
__weak __noinline int backlog_look(__u64 address, __u64 now)
{
	const struct sock *sk = (const void *)address;
	struct backlog *b = bpf_map_lookup_elem(&backlogs, &address);
	__u32 taken;

	if (!b)
		return 0;
	b->waiting = listener_waiting(sk);
	b->limit = READ(sk, sk_max_ack_backlog);
	backlog_drops(b, sk);
	taken = b->told - b->waiting;
	if ((__s32)(taken - b->taken) <= 0)
		return 0;
	b->taken = taken;
	backlog_moves(b, now);
	return 0;
}

static __always_inline void backlog_address(struct backlog *b, const struct sock *sk)
{
	__u32 v4;

	b->family = READ(sk, __sk_common.skc_family);
	if (b->family == AF_UNIX)
		return;
	b->port = READ(sk, __sk_common.skc_num);
	if (b->family == AF_INET6) {
		bpf_core_read(b->addr, 16, &sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
	} else {
		v4 = READ(sk, __sk_common.skc_rcv_saddr);
		__builtin_memcpy(b->addr, &v4, sizeof(v4));
	}
}

/* A socket listens, or did when tracing began. */
__weak __noinline int backlog_begin(__u64 address)
{
	static const struct backlog nothing; /* on no stack: that is short here */
	const struct sock *sk = (const void *)address;
	struct backlog *b;

	if (bpf_map_update_elem(&backlogs, &address, &nothing, BPF_NOEXIST))
		return 0; /* it listens anew, with another backlog; or there is no room */
	b = bpf_map_lookup_elem(&backlogs, &address);
	if (!b)
		return 0;
	b->since = bpf_ktime_get_ns();
	b->told = listener_waiting(sk);
	b->drops = READ(sk, sk_drops.counter);
	backlog_address(b, sk);
	return 0;
}

/* The process of a task has it open as that descriptor; the first that is seen stays. */
__weak __noinline int backlog_own(__u64 address, __u64 owner, __u32 fd)
{
	const struct task_struct *task = (const void *)owner;
	struct backlog *b = bpf_map_lookup_elem(&backlogs, &address);

	if (!b || b->tgid)
		return 0;
	b->tgid = tid_of(address_of(READ(task, group_leader)));
	b->fd = fd;
	BPF_CORE_READ_STR_INTO(&b->comm, task, comm);
	return 0;
}

/* A connection has come. */
__weak __noinline int backlog_told(__u64 address, __u64 now)
{
	struct backlog *b = bpf_map_lookup_elem(&backlogs, &address);

	if (!b)
		return 0;
	__sync_fetch_and_add(&b->told, 1);
	backlog_look(address, now);
	if (b->waiting <= 1) /* the first */
		b->since = now;
	return 0;
}

/* A thread accepted one. */
__weak __noinline int backlog_accepted(__u64 address, __u32 tgid, __u32 tid)
{
	struct backlog *b = bpf_map_lookup_elem(&backlogs, &address);
	__u64 now = bpf_ktime_get_ns();

	if (!b)
		return 0;
	__sync_fetch_and_add(&b->accepted, 1);
	b->accepter = tid;
	b->accepter_tgid = tgid;
	backlog_look(address, now);
	if (b->since != now)
		backlog_moves(b, now);
	return 0;
}

/* It is closed. What it has to say is kept. */
__weak __noinline int backlog_end(__u64 address)
{
	struct backlog *b = bpf_map_lookup_elem(&backlogs, &address);
	__u64 now = bpf_ktime_get_ns();

	if (!b)
		return 0;
	backlog_look(address, now);
	b->ended = now;
	if ((b->waiting && now - b->since >= stall_ns) || b->dropped)
		bpf_map_update_elem(&backlogs, &now, b, BPF_NOEXIST);
	bpf_map_delete_elem(&backlogs, &address);
	return 0;
}

#endif
