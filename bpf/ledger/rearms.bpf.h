/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What waits at a registration that EPOLLONESHOT keeps silent: data that was left when its thread
 * waits again, or that comes meanwhile. docs/metrics.md, "Stalls".
 */
#ifndef WAKELAB_REARMS_BPF_H
#define WAKELAB_REARMS_BPF_H

#include "stalls.bpf.h"
#include "watchers.bpf.h"

/* There may be something to read, of whatever it was disarmed for: whether that is to be looked at.
 */
static __always_inline bool waiting_opens(struct interest *i)
{
	struct sock_state *s;

	if (i->waiting || !interest_is_disarmed(i))
		return false;
	s = object_find(object_of(i));
	if (!s)
		return false;
	s->left = 1; /* from here on a read ends it */
	disarmed_waits = true;
	i->waiting = bpf_ktime_get_ns();
	return true;
}

/* So much there is, of a file of that kind. */
static __always_inline void waiting_begins(struct interest *i, __u64 unread, __u32 kind)
{
	i->waits = unread;
	i->unit = unread_unit(kind);
	if (!unread)
		i->waiting = 0; /* somebody was faster */
}

/* The same of any file; reader: who would read it. */
static __always_inline void waiting_begin(struct interest *i, __u64 reader)
{
	__u32 kind = interest_kind(i);

	if (waiting_opens(i))
		waiting_begins(i, file_unread_apart(i->file, i->sock, kind, reader), kind);
}

/*
 * Whether whoever was told of it, or read of it last, is at work on it still: a thread that waits
 * with epoll by itself has not waited since before something was to be read. Of a worker that gets
 * its work otherwise it is only certain of what it does itself.
 */
static __always_inline bool holder_is_at_work(const struct interest *i,
					      const struct task_state *running)
{
	const struct task_state *t = task_of_id(i->holder);

	if (!t || !t->turned)
		return t && t == running;
	return t->turned <= i->waiting && !(t->kind == KIND_EPOLL_WAIT && t->entered > t->turned);
}

/* Whether it waited in vain until it is taken out: nobody had to do with it before, or has. */
static __always_inline bool waited_in_vain(const struct interest *i, const struct task_state *t,
					   __u64 now)
{
	__u64 touched = i->touched > i->waiting ? i->touched : i->waiting;

	return now - touched >= stall_ns && !holder_is_at_work(i, t);
}

/* Looks again at what waits: of what was read unseen, it is not known how long that waited. Global
 * and with scalars only: verified once. */
__weak __noinline int waiting_look(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);

	if (i && i->waiting && interest_is_empty(i))
		i->waiting = 0;
	return 0;
}

/* The running task has armed it again, read all, or taken it out; or its process ends, and with it
 * whatever waits. Of several of a descriptor, the longest is told of. Global and with scalars only:
 * verified once. */
__weak __noinline int waiting_over(__u64 epoll, __u64 data, __u32 how, int process_ends)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);
	struct task_state *t = task_current();
	__u64 now = bpf_ktime_get_ns(), ns = i ? now - i->waiting : 0;
	struct evidence *e;
	bool counts;

	if (!i || !t || !i->waiting)
		return 0;
	counts = ns >= stall_ns && (how == EVIDENCE_LATE || waited_in_vain(i, t, now));
	i->waiting = 0;
	e = counts ? evidence_enter(how, t->stats.tgid, i->fd) : NULL;
	if (!e || !evidence_lasted(e, ns))
		return 0;
	e->amount = i->waits;
	e->unit = i->unit;
	evidence_interest(e, i, t);
	if (process_ends)
		e->tid = 0;
	return 0;
}

/* It is armed again, or all is read. */
static __always_inline void waiting_end(const struct interest_key *key, const struct interest *i)
{
	if (i->waiting)
		waiting_over(key->epoll, key->data, EVIDENCE_LATE, false);
}

/* The end of the interest, of its file, or of its process. */
static __always_inline void waiting_end_gone(const struct interest_key *key,
					     const struct interest *i, bool process_ends)
{
	if (!i->waiting)
		return;
	if (interest_has_file(i))
		waiting_look(key->epoll, key->data);
	waiting_over(key->epoll, key->data, EVIDENCE_REARM, process_ends);
}

/* Nothing shows what comes to a file that is no socket while it is disarmed: its thread looks each
 * time that it falls asleep. */
static __always_inline bool interest_is_looked_at(const struct interest *i)
{
	return !i->sock && interest_is_disarmed(i);
}

/* Global, like left_move(). */
__weak __noinline int left_look(__u64 task, __u64 index)
{
	struct left_key at = {.task = task, .index = index};
	struct interest_key *key = bpf_map_lookup_elem(&lists, &at);
	struct task_state *t = task_current();
	struct interest *i = key ? interest_find(key) : NULL;
	struct interest_key copy;
	bool looked_at;
	__u64 unread;
	__u32 kind;

	if (!t || !i || !left_is_listed(i, task))
		return 0;
	copy = *key;
	looked_at = interest_is_looked_at(i);
	if (!looked_at)
		i->listed = 0;
	unread = interest_unread(i, bpf_get_current_task(), &kind);
	if (!unread && looked_at) {
		t->left++;
		return 0;
	}
	i->listed = 0;
	if (unread)
		waiting_begin(i, bpf_get_current_task());
	if (unread && i->events & EPOLLET && !left_is_told(i) && !i->stalled)
		left_enter(t, &copy, i, unread, kind);
	else
		i->left = 0;
	return 0;
}

/* A pipe or an eventfd was disarmed: what is written there, to its other end if it has one, is
 * known by what the two have in common. */
__weak __noinline int file_disarmed(__u64 address, __u32 kind)
{
	const struct file *file = (const void *)address;
	__u64 inside = (__u64)READ(file, private_data);

	if (kind != FILE_PIPE && kind != FILE_EVENTFD)
		return 0;
	bpf_map_update_elem(&disarmed, &inside, &address, BPF_ANY);
	disarms_files = true;
	return 0;
}

__weak __noinline int written_one(__u64 file, __u64 index)
{
	struct watcher *w = watcher_find(file, index);
	struct interest *i = w ? interest_in(file, w->place) : NULL;

	if (i && (i->kind == FILE_PIPE || i->used))
		waiting_begin(i, 0);
	return 0;
}

__weak __noinline int written_part(__u64 file, __u32 from, __u32 n)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		written_one(file, from + i);
	return 0;
}

/* Something was written to a descriptor: it may be what is disarmed, or its other end. */
__weak __noinline int file_written(__u32 fd)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), fd);
	__u64 inside = (__u64)READ(file, private_data);
	__u64 *found = bpf_map_lookup_elem(&disarmed, &inside), key;
	struct sock_state *s;

	if (!found)
		return 0;
	key = *found;
	s = object_find(key);
	if (s)
		FOR_EACH_PART(written_part, key, s, 0);
	return 0;
}

__weak __noinline int touched_one(__u64 sock, __u64 index)
{
	struct watcher *w = watcher_find(sock, index);
	struct interest *i = w ? interest_in(sock, w->place) : NULL;

	if (i && i->waiting)
		i->touched = bpf_ktime_get_ns();
	return 0;
}

__weak __noinline int touched_part(__u64 sock, __u32 from, __u32 n)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		touched_one(sock, from + i);
	return 0;
}

/* The same of a socket: somebody has to do with it. */
__weak __noinline int sock_touched(__u32 fd)
{
	const struct sock *sk = sock_of_fd(fd);
	struct sock_state *s = sk ? sock_find(sk) : NULL;

	if (s && s->left)
		FOR_EACH_PART(touched_part, address_of(sk), s, 0);
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
	t->left = 0;
	for (__u64 part = 0; part < LEFT_PARTS && part * LEFT_PART < n; part++)
		left_look_part(t->id, part * LEFT_PART, n);
	if (t->left) {
		left_prune(t);
		return;
	}
	left_trim(t, LEFT_KEPT / LEFT_PART);
	t->n_left = 0;
}

#endif
