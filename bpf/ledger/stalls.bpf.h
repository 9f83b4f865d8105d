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
#include "notes.bpf.h"
#include "telling.bpf.h"

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

/* EPOLLONESHOT keeps it silent since its last report. */
static __always_inline bool interest_is_disarmed(const struct interest *i)
{
	return i->events & EPOLLONESHOT && !(i->events & ~EPOLL_PRIVATE);
}

/* Of what kind an interest's file is by now: a socket may listen since. */
static __always_inline __u32 interest_kind(const struct interest *i)
{
	const struct sock *sk = (const void *)i->sock;

	return sk ? sock_kind(sk) : i->kind;
}

/* What there is to be read of it, and what that is counted in. */
static __always_inline __u64 interest_unread(const struct interest *i, __u64 reader, __u32 *kind)
{
	*kind = interest_kind(i);
	return file_unread_apart(i->file, i->sock, *kind, reader);
}

/* Whether what an interest is in is there to be looked at: of a file that is no socket, that the
 * running task has it. */
static __always_inline bool interest_has_file(const struct interest *i)
{
	const struct sock *sk = (const void *)i->sock;

	if (sk)
		return sock_find(sk);
	return address_of(file_of((const void *)bpf_get_current_task(), i->fd)) == i->file;
}

/* Whether there is nothing to read of it, as far as that is to be seen at once, and not by a task
 * alone. */
static __always_inline bool interest_is_empty(const struct interest *i)
{
	__u32 kind = interest_kind(i);

	if (kind == FILE_EPOLL || kind == FILE_SIGNALFD)
		return false;
	return !plain_unread(i->file, i->sock, kind, 0, ASKED_WHETHER);
}

static __always_inline void stall_fill(struct stall *s, const struct task_state *t,
				       const struct interest *i, __u64 unread, __u32 kind)
{
	const struct tcp_sock *tcp = (const void *)i->sock;

	s->since = bpf_ktime_get_ns();
	s->unread = unread;
	s->unit = unread_unit(kind);
	s->kind = kind;
	s->part = i->part;
	s->tid = t->stats.key.tid;
	s->tgid = t->stats.tgid;
	s->fd = i->fd;
	if (kind == FILE_TCP)
		s->read = READ(tcp, copied_seq);
	if (i->sock)
		sock_peer((const void *)i->sock, &s->family, &s->port, s->addr);
}

/* Enters a stall of the task; gives whether it holds. */
static __always_inline bool stall_begin(const struct interest_key *key, struct interest *i,
					const struct stall *s)
{
	if (bpf_map_update_elem(&stalls, key, s, BPF_ANY)) {
		count(COUNT_LOST_STALLS, 1);
		return false;
	}
	i->stalled = 1;
	full_barrier(&i->pending);
	if (i->pending && !bpf_map_delete_elem(&stalls, key)) {
		i->stalled = 0;
		return false;
	}
	interest_count(i, COUNT_LEFT, 1);
	left_note(s);
	tell_left(s);
	__sync_fetch_and_add(&stalls_open, 1);
	/* else session_watch_ends() may miss this stall, and this that nobody watches any more */
	full_barrier((__u64 *)&stalls_open);
	stall_alarm();
	return true;
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

/* How a stall ended; of several of a descriptor, the longest is told of. */
static __always_inline void stall_note(const struct stall *s, __u64 file, enum evidence_of how,
				       __u64 ns)
{
	struct evidence *e = evidence_enter(how, s->tgid, s->fd);

	if (!e || !evidence_lasted(e, ns))
		return;
	e->amount = s->unread;
	e->file = file;
	e->tid = s->tid;
	e->unit = s->unit;
	e->kind = s->kind;
	e->part = s->part;
	e->family = s->family;
	e->port = s->port;
	__builtin_memcpy(e->addr, s->addr, sizeof(e->addr));
	__builtin_memcpy(e->comm, s->comm, sizeof(e->comm));
}

/* Of how a stall ended: it was read unseen. Before it was a stall, as far as is known; or it is not
 * known whether before. */
#define STALL_NONE   N_EVIDENCE
#define STALL_UNTOLD (N_EVIDENCE + 1)

/* Of the signals of a thread only that itself tells which a signalfd has. */
static __always_inline bool stall_can_be_looked_at(const struct interest *i)
{
	return i->kind != FILE_SIGNALFD;
}

/* What was left goes on. Global and with scalars only: verified once. */
__weak __noinline int stall_over(__u64 epoll, __u64 data, __u32 how)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);
	struct stall *found = bpf_map_lookup_elem(&stalls, &key), s;
	__u64 ns;

	if (!i)
		return 0;
	i->stalled = 0;
	if (!found)
		return 0;
	s = *found;
	if (bpf_map_delete_elem(&stalls, &key))
		return 0; /* somebody else was faster */
	ns = bpf_ktime_get_ns() - s.since;
	tell_goes_on(&s, ns);
	__sync_fetch_and_add(&stalls_open, -1);
	if (how == STALL_NONE)
		return 0;
	left_time(i, ns);
	if (ns >= stall_ns && how != STALL_UNTOLD)
		stall_note(&s, i->file, how, ns);
	return 0;
}

/*
 * Looks again at what was left behind: a read through io_uring is not seen, nor one by a process
 * that is not traced. How long ago that was is not known, so what was not a stall when it was
 * there last is none.
 */
__weak __noinline int stall_look(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);
	struct stall *s = bpf_map_lookup_elem(&stalls, &key);
	__u32 kind;

	if (!i || !s || !stall_can_be_looked_at(i))
		return 0;
	if (!interest_unread(i, 0, &kind))
		stall_over(epoll, data, s->seen ? EVIDENCE_READ : STALL_NONE);
	else if (bpf_ktime_get_ns() - s->since >= stall_ns)
		s->seen = 1;
	return 0;
}

/* Whether what a stall is over was read since, by how far it was: known of TCP only. */
static __always_inline bool stall_was_read(const struct interest *i, const struct stall *s)
{
	const struct tcp_sock *tcp = (const void *)i->sock;

	return s->kind == FILE_TCP && READ(tcp, copied_seq) != s->read;
}

/* How it ends where more has come: if there is less than was left, it was read unseen before.
 * Global and with scalars only, as is the next: verified once. */
__weak __noinline int stall_has_news(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	const struct interest *i = interest_find(&key);
	const struct stall *s = bpf_map_lookup_elem(&stalls, &key);
	__u32 kind;

	if (!i || !s || !stall_can_be_looked_at(i) ||
	    !(stall_was_read(i, s) || interest_unread(i, 0, &kind) < s->unread))
		return EVIDENCE_NEWS;
	return s->seen ? EVIDENCE_READ : STALL_UNTOLD;
}

/* How it ends with its interest: if nothing is there, it was read unseen before. */
__weak __noinline int stall_is_gone(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	const struct interest *i = interest_find(&key);
	const struct stall *s = bpf_map_lookup_elem(&stalls, &key);

	if (!i || !s || !interest_has_file(i) || !(stall_was_read(i, s) || interest_is_empty(i)))
		return EVIDENCE_GONE;
	return s->seen ? EVIDENCE_READ : STALL_UNTOLD;
}

/* A read of the interest, or what is as good as one. */
static __always_inline void stall_end_read(const struct interest_key *key, const struct interest *i)
{
	if (i->stalled)
		stall_over(key->epoll, key->data, EVIDENCE_READ);
}

/* An edge of the interest. */
static __always_inline void stall_end_news(const struct interest_key *key, const struct interest *i)
{
	if (i->stalled)
		stall_over(key->epoll, key->data, stall_has_news(key->epoll, key->data));
}

/* The end of the interest, of its file, or of who left it. */
static __always_inline void stall_end_gone(const struct interest_key *key, const struct interest *i)
{
	if (i->stalled)
		stall_over(key->epoll, key->data, stall_is_gone(key->epoll, key->data));
}

/* Since the last report; known of TCP only. */
static __always_inline bool position_moved(const struct interest *i, const struct sock *sk)
{
	return sock_is_tcp(sk) && sock_position(sk) != i->arrived;
}

/* Whether an instance has an interest among what it will tell of. Nothing else shows that where the
 * file's notifications do not. */
static __always_inline bool interest_is_queued(const struct interest *i)
{
	const struct epitem *item = (const void *)item_find(i->key.epoll, i->file, i->fd);

	return item && address_of(READ(item, rdllink.next)) !=
			       address_of(item) + bpf_core_field_offset(item->rdllink);
}

/* Whether something will be told of anyway. Where no notification of TCP is visible, only of what
 * has a position is it certain that nothing will. */
static __always_inline bool left_is_told(const struct interest *i)
{
	const struct sock *sk = (const void *)i->sock;

	if (!sk && !sees_callbacks)
		return interest_is_queued(i);
	if (sees_ready || sees_callbacks)
		return i->pending;
	return !sock_is_tcp(sk) || position_moved(i, sk);
}

/* Enters what the running thread leaves behind. What somebody else reads at this moment, or is told
 * of, is left no more. */
static __always_inline void left_enter(const struct task_state *t, const struct interest_key *key,
				       struct interest *i, __u64 unread, __u32 kind)
{
	__u64 task = bpf_get_current_task();
	struct stall s = {};

	stall_fill(&s, t, i, unread, kind);
	bpf_get_current_comm(s.comm, sizeof(s.comm));
	if (!stall_begin(key, i, &s) || i->sock)
		return;
	if (left_is_told(i))
		stall_over(key->epoll, key->data, EVIDENCE_NEWS);
	else if (!interest_unread(i, task, &kind))
		stall_over(key->epoll, key->data, EVIDENCE_READ);
}

#endif
