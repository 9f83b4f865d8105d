/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What waits at a registration that EPOLLONESHOT keeps silent: data that was left when its thread
 * waits again, or that comes meanwhile. docs/metrics.md, "Stalls".
 */
#ifndef WAKELAB_REARMS_BPF_H
#define WAKELAB_REARMS_BPF_H

#include "stalls.bpf.h"
#include "watchers.bpf.h"

/* There is something to read, of whatever it was disarmed for. */
static __always_inline void waiting_begin(struct interest *i, __u64 reader)
{
	struct sock_state *s;
	__u32 kind;

	if (i->waiting || !interest_is_disarmed(i))
		return;
	s = object_find(object_of(i));
	if (!s)
		return;
	s->left = 1; /* from here on a read ends it */
	i->waiting = bpf_ktime_get_ns();
	i->waits = interest_unread(i, reader, &kind);
	i->unit = unread_unit(kind);
	if (!i->waits)
		i->waiting = 0; /* somebody was faster */
}

/* The running task has armed it again, read all, or taken it out; of several of a descriptor, the
 * longest is told of. Global and with scalars only: verified once. */
__weak __noinline int waiting_over(__u64 epoll, __u64 data, __u32 how)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);
	struct task_state *t = task_current();
	__u64 since = i ? i->waiting : 0, ns = bpf_ktime_get_ns() - since;
	struct evidence *e;

	if (!i || !t || !since)
		return 0;
	i->waiting = 0;
	e = ns < stall_ns ? NULL : evidence_enter(how, t->stats.tgid, i->fd);
	if (!e || !evidence_lasted(e, ns))
		return 0;
	e->amount = i->waits;
	e->unit = i->unit;
	evidence_interest(e, i, t);
	return 0;
}

static __always_inline void waiting_end(const struct interest_key *key, const struct interest *i,
					enum evidence_of how)
{
	if (i->waiting)
		waiting_over(key->epoll, key->data, how);
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
	__u32 kind;

	if (!t || !i || !left_is_listed(i, task))
		return 0;
	copy = *key;
	i->listed = 0;
	unread = interest_unread(i, bpf_get_current_task(), &kind);
	if (unread)
		waiting_begin(i, bpf_get_current_task());
	if (unread && i->events & EPOLLET && !left_is_told(i) && !i->stalled)
		left_enter(t, &copy, i, unread, kind);
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
