/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Data left behind: a thread falls asleep in a wait over data that it was told of edge-triggered
 * and did not read. No edge is pending, so nothing will tell it again. What lies about for as long
 * as stall_ns is a stall. docs/metrics.md, "Stalls".
 *
 * A thread looks through the list of what it was told of and has yet to read empty (lists.bpf.h)
 * only when it falls asleep with something left. The other side, an edge or a read, may run on
 * another CPU at that moment: it counts its edge first and looks for a stall then, the sleeper
 * enters the stall first and looks for an edge then.
 */
#ifndef WAKELAB_STALLS_BPF_H
#define WAKELAB_STALLS_BPF_H

#include "lists.bpf.h"
#include "peer.bpf.h"

static __always_inline void stall_alarm(void)
{
	__u64 *alarm;

	if (stalls_watched)
		return;
	alarm = bpf_ringbuf_reserve(&alarms, sizeof(*alarm), 0);
	if (!alarm)
		return;
	stalls_watched = 1;
	*alarm = 0;
	bpf_ringbuf_submit(alarm, 0);
}

/* The amount that is left behind: only a thread that falls asleep writes it, with preemption off.
 */
static __always_inline void left_note(const struct stall *s)
{
	__u32 zero = 0, unit = s->unit;
	struct largest_left *largest = bpf_map_lookup_elem(&largest_left, &zero);

	if (largest && unit < N_UNREAD)
		cell_raise(&largest->unread[unit], s->unread);
	bpf_map_update_elem(&last_left, &zero, s, BPF_ANY);
}

static __always_inline void stall_begin(const struct task_state *t, const struct interest_key *key,
					struct interest *i, __u64 unread, __u32 unit, bool before)
{
	struct stall s = {
		.since = bpf_ktime_get_ns(),
		.unread = unread,
		.unit = unit,
		.tid = t->stats.key.tid,
		.tgid = t->stats.tgid,
		.fd = i->fd,
		.before = before,
	};

	sock_peer((const void *)i->sock, &s.family, &s.port, s.addr);
	if (bpf_map_update_elem(&stalls, key, &s, BPF_ANY)) {
		count(COUNT_LOST_STALLS, 1);
		return;
	}
	i->stalled = 1;
	full_barrier(&i->pending);
	if (i->pending && !bpf_map_delete_elem(&stalls, key)) {
		i->stalled = 0;
		return;
	}
	interest_count(i, COUNT_LEFT, 1);
	left_note(&s);
	__sync_fetch_and_add(&stalls_open, 1);
	/* else session_watch_ends() may miss this stall, and this that nobody watches any more */
	full_barrier((__u64 *)&stalls_open);
	stall_alarm();
}

/* Data has lain about for ns. */
static __always_inline void left_time(struct interest *i, __u64 ns)
{
	__u32 from = waker_context(cpu_current());
	struct hist *h = bpf_map_lookup_elem(&left_times, &from);

	if (h)
		hist_add(h, ns);
	if (ns < stall_ns)
		return;
	interest_count(i, COUNT_STALLS, 1);
	interest_count(i, COUNT_STALLED_NS, ns);
}

/* An edge or a read of the interest, or its end: what was left goes on. */
static __always_inline void stall_end(const struct interest_key *key, struct interest *i)
{
	struct stall *s;
	__u64 since;

	if (!i->stalled)
		return;
	s = bpf_map_lookup_elem(&stalls, key);
	since = s ? s->since : 0;
	i->stalled = 0;
	if (!s || bpf_map_delete_elem(&stalls, key))
		return; /* somebody else was faster */
	left_time(i, bpf_ktime_get_ns() - since);
	__sync_fetch_and_add(&stalls_open, -1);
}

/* Since the last report; known of TCP only. */
static __always_inline bool position_moved(const struct interest *i, const struct sock *sk)
{
	return sock_is_tcp(sk) && sock_position(sk) != i->arrived;
}

/* Whether something will be told of anyway. Where no notification is visible, only of what has a
 * position is it certain that nothing will. */
static __always_inline bool left_is_told(const struct interest *i)
{
	const struct sock *sk = (const void *)i->sock;

	if (sees_ready || sees_callbacks)
		return i->pending;
	return !sock_is_tcp(sk) || position_moved(i, sk);
}

/* Global, like left_move(). */
__weak __noinline int left_look(__u64 task, __u64 index)
{
	struct left_key at = {.task = task, .index = index};
	struct interest_key *key = bpf_map_lookup_elem(&lists, &at);
	struct task_state *t = task_current();
	struct interest *i = key ? interest_find(key) : NULL;
	struct interest_key copy;
	__u64 unread;
	__u32 unit;

	if (!t || !i || !left_is_listed(i, task))
		return 0;
	copy = *key;
	i->listed = 0;
	unread = sock_unread((const void *)i->sock, &unit);
	if (unread && !left_is_told(i) && !i->stalled)
		stall_begin(t, &copy, i, unread, unit, false);
	else
		i->left = 0;
	return 0;
}

/* A part of the list, for stalls_look(). */
__weak __noinline int left_look_part(__u64 task, __u64 from, __u64 n)
{
	for (__u64 i = 0; i < LEFT_PART && from + i < n; i++)
		left_look(task, from + i);
	return 0;
}

/* The running thread falls asleep in a multiplexing wait. */
static __always_inline void stalls_look(struct task_state *t)
{
	__u64 n = t->n_left;

	if (!t->left)
		return;
	for (__u64 part = 0; part < LEFT_PARTS && part * LEFT_PART < n; part++)
		left_look_part(t->id, part * LEFT_PART, n);
	left_trim(t, LEFT_KEPT / LEFT_PART);
	t->left = 0;
	t->n_left = 0;
}

#endif
