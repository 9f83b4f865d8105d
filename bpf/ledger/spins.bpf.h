/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Waits that come back at once, again and again, while nothing gets on: over which descriptor. And
 * reports of what was closed. docs/metrics.md, "Evidence".
 *
 * Of a level-triggered interest its reports in a row are counted. What takes of a socket begins the
 * row anew, whoever does it (sock_taken()); of any other file, and of room to write, whatever the
 * thread moved since its last report is taken for it. poll() and select() have nothing that lasts
 * from one to the next: there the thread's waits in a row are counted, and what the last one found.
 */
#ifndef WAKELAB_SPINS_BPF_H
#define WAKELAB_SPINS_BPF_H

#include "interests.bpf.h"
#include "notes.bpf.h"

/* From so many in a row on: the socket tells all its interests that something was taken; and it is
 * evidence. */
#define SPIN_HEARD 8
#define SPIN_NOTED 64

/* How far a thread whose wait ends has come: what it moved, and the waits that told it something;
 * or that it slept. */
#define PROGRESS_SLEPT (~0ull)

static __always_inline __u64 progress_of(const struct task_state *t)
{
	return t->sleeps ? PROGRESS_SLEPT : (__u64)t->answers << 32 | t->moves;
}

/* Whether a read or an accept of the descriptor gave 0 or failed. */
static __always_inline bool file_is_troubled(__u32 tgid, __u32 fd, __u64 file)
{
	const struct evidence *ends = evidence_find(EVIDENCE_ENDS, tgid, fd);
	const struct evidence *failed = evidence_find(EVIDENCE_FAILED, tgid, fd);

	return (ends && ends->file == file) || (failed && failed->file == file);
}

/* Whether it would show that something was taken. What is no more than some device or ring may be
 * emptied through memory: only a call that got nothing tells. */
static __always_inline bool kind_shows_taking(enum file_kind kind)
{
	return kind != FILE_OTHER && kind != FILE_OTHER_SOCKET && kind != FILE_UNREGISTERED;
}

/* The running thread's wait found it ready, the n-th time in a row. */
static __always_inline void spin_enter(const struct task_state *t, __u32 fd, __u32 kind,
				       const struct file *file, __u32 events, __u32 n)
{
	struct evidence *e = evidence_enter(EVIDENCE_SPIN, t->stats.tgid, fd);

	if (!e || e->count > n)
		return;
	e->kind = kind;
	if (e->count == n) /* of several sets of one wait */
		e->events |= events;
	else /* all reports in a row bore it */
		e->events = e->count + 1 == n && e->events & events ? e->events & events : events;
	e->count = n;
	e->row = t->row;
	evidence_by(e, t);
	if (file)
		evidence_file(EVIDENCE_SPIN, t->stats.tgid, fd, file);
}

/* Whether the process that waits has another file for the number of an interest, or none. */
static __always_inline bool interest_has_moved(const struct interest *i)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();

	return address_of(file_of(task, i->fd)) != i->file;
}

/* The file that reports of an interest are of; NULL: that is not known. */
static __always_inline const struct file *file_reported(const struct interest *i)
{
	return i->closed && !interest_has_moved(i) ? NULL : (const void *)i->file;
}

/* An interest was reported untaken times in a row. Global and with scalars only: verified once. */
__weak __noinline int spin_note(__u32 place, __u32 events)
{
	struct interest *i = interest_at(place);
	struct task_state *t = task_current();
	struct sock_state *s;

	if (!i || !t)
		return 0;
	if (i->untaken == SPIN_HEARD) {
		s = i->sock ? object_find(i->sock) : NULL;
		if (s)
			s->spun = 1;
		i->closed |= interest_has_moved(i); /* dup2(), close_range() */
	}
	if (i->untaken < SPIN_NOTED || !(i->closed || kind_shows_taking(i->kind) ||
					 file_is_troubled(t->stats.tgid, i->fd, i->file)))
		return 0;
	spin_enter(t, i->fd, i->kind, file_reported(i), events, i->untaken);
	return 0;
}

/* A wait that did not sleep found a descriptor ready, and n in a row were like it. */
__weak __noinline int spin_polled(__u32 fd, __u32 events, __u32 n)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), fd);
	struct task_state *t = task_current();

	if (!t || (file && !kind_shows_taking(file_kind_of(file, sock_of_file(file))) &&
		   !file_is_troubled(t->stats.tgid, fd, address_of(file))))
		return 0;
	spin_enter(t, fd, FILE_OTHER, file, events, n);
	return 0;
}

/*
 * Whether a report of an interest is of a descriptor that the process has closed. Where that shares
 * its data with another, which has the number now, the other must not be ready itself.
 */
static __always_inline bool report_is_stale(struct interest *i, __u32 events)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), i->fd);
	const struct sock *sk = sock_of_file(file);

	if (!file)
		return true;
	if (i->shared)
		return sk && events & EPOLLIN && !sock_has_ended(sk) && !sock_unread(sk);
	i->closed = address_of(file) != i->file;
	return i->closed;
}

/* A report of an interest one of whose descriptors was closed; gives whether it is of that one. */
__weak __noinline int report_of_closed(__u32 place, __u32 events)
{
	struct interest *i = interest_at(place);
	struct task_state *t = task_current();
	const struct file *file;
	struct evidence *e;

	if (!i || !t || !report_is_stale(i, events))
		return false;
	interest_count(i, COUNT_STALE, 1);
	e = evidence_enter(EVIDENCE_STALE, t->stats.tgid, i->fd);
	if (!e)
		return true;
	__sync_fetch_and_add(&e->count, 1);
	e->events = events;
	e->row = t->row;
	evidence_by(e, t);
	e->kind = i->kind;
	file = file_reported(i);
	if (file)
		evidence_file(EVIDENCE_STALE, t->stats.tgid, i->fd, file);
	return true;
}

/* A report of a level-triggered interest: whether it was there before, and nothing got on. */
static __always_inline void interest_spins(struct interest *i, __u32 place, __u32 events,
					   __u64 progress)
{
	__u32 now = progress, before = i->moves;

	if (i->events & EPOLLET)
		return;
	if (progress == PROGRESS_SLEPT) {
		i->untaken = 0;
		return;
	}
	if (i->kind == FILE_EPOLL) { /* a wait on it gets on, too; this one is none of these */
		now += progress >> 32;
		before++;
	}
	if ((!i->sock || events & EPOLL_ROOM) && now != before)
		i->untaken = 0;
	i->moves = now;
	i->untaken++;
	if (i->untaken == SPIN_HEARD || i->untaken >= SPIN_NOTED)
		spin_note(place, events);
}

__weak __noinline int closed_one(__u64 object, __u64 index, __u32 fd)
{
	struct watcher *w = watcher_find(object, index);
	struct interest *i = w && w->fd == fd ? interest_in(object, w->place) : NULL;

	if (i)
		i->closed = 1;
	return 0;
}

__weak __noinline int closed_part(__u64 object, __u32 from, __u32 n, __u32 fd)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		closed_one(object, from + i, fd);
	return 0;
}

/* A descriptor of what others still hold is closed: the kernel goes on to report it. */
static __always_inline void interests_closed(const void *object, __u32 fd)
{
	__u64 key = address_of(object);
	struct sock_state *s = object_find(key);

	if (s)
		FOR_EACH_PART(closed_part, key, s, 0, fd);
}

#endif
