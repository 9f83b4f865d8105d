/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The interest ledger, docs/metrics.md: one interest, from its beginning to its end, and the edges
 * that it has because it was found ready. What leads to it is in registrations.bpf.h, edges that a
 * socket tells are in edges.bpf.h, reports in reports.bpf.h.
 */
#ifndef WAKELAB_INTERESTS_BPF_H
#define WAKELAB_INTERESTS_BPF_H

#include "epoll.bpf.h"
#include "handoffs.bpf.h"
#include "positions.bpf.h"
#include "rearms.bpf.h"
#include "telling.bpf.h"
#include "watchers.bpf.h"

static __always_inline bool interest_is_ready(const struct interest *i, const struct sock *sk)
{
	if (i->events & EPOLLEXCLUSIVE)
		return false;
	if (i->events & (EPOLLIN | EPOLLRDHUP) && sock_has_ended(sk))
		return true;
	if (i->events & EPOLLPRI && sock_is_tcp(sk) && tcp_is_urgent(sk))
		return true;
	return i->events & (EPOLLIN | EPOLLRDNORM) && sock_unread(sk);
}

/* A notification of a listener: whether it is of something else than what was found in the queue.
 */
static __always_inline bool listener_has_news(struct interest *i, const struct sock *sk)
{
	if (exchange(&i->first, FIRST_NOTIFIED) != FIRST_FOUND)
		return true;
	return (__s32)(listener_arrived(sk) - i->arrived) > 0;
}

/* A listener was found ready: whether its notification was not counted before. */
static __always_inline bool listener_is_found(struct interest *i, const struct sock *sk)
{
	i->arrived = listener_arrived(sk);
	if (exchange(&i->first, FIRST_FOUND) != FIRST_NOTIFIED)
		return true;
	i->first = FIRST_NOTIFIED;
	return false;
}

static __always_inline bool stream_has_news(struct interest *i, const struct sock *sk)
{
	__u32 next = READ((const struct tcp_sock *)sk, rcv_nxt);

	return exchange(&i->arrived, next) != next;
}

/*
 * What a socket was found ready for, and the notification of just that, are one edge; they may come
 * in either order, and at the same time on two CPUs. Each asks whether it is the first. Where that
 * cannot be known, of what is not TCP, it is.
 */
static __always_inline bool notification_is_first(struct interest *i, const struct sock *sk)
{
	if (!sock_is_tcp(sk))
		return true;
	return sock_is_listening(sk) ? listener_has_news(i, sk) : stream_has_news(i, sk);
}

static __always_inline bool finding_is_first(struct interest *i, const struct sock *sk)
{
	if (!sock_is_tcp(sk))
		return true;
	return sock_is_listening(sk) ? listener_is_found(i, sk) : stream_has_news(i, sk);
}

/* A registration or a re-arming that finds its descriptor ready is an edge of its own kind. */
static __always_inline void interest_arm(struct interest *i, const struct sock *sk)
{
	if (!sk || !sees_ready || !interest_is_ready(i, sk) || i->pending)
		return;
	if (!finding_is_first(i, sk) && i->quiet == QUIET_NEW)
		return;
	epoll_told(i->key.epoll);
	__sync_fetch_and_add(&i->pending, 1);
	interest_count(i, COUNT_EDGES, 1);
	tell_ready(&i->key);
	interest_count(i, COUNT_ARMS, 1);
}

/* Whether the kernel has a registration of that file and number with the instance of this id; where
 * it does not tell, whether it is to be taken as there. */
__weak __noinline int registration_is_there(__u64 epoll, __u64 address, __u32 fd, int untold)
{
	const struct file *file = (const void *)address;
	__u64 node;

	if (!bpf_core_field_exists(file->f_ep))
		return untold;
	node = items_first(file);
	for (__u32 i = 0; node && i < MAX_ITEMS; i++) {
		if (item_is_of(item_of_node(node), epoll, fd))
			return true;
		node = items_next(file, node);
	}
	return node != 0;
}

/* Whether the file of an interest is still open, for a registration of that data: a close that was
 * not seen (of the last descriptor by dup2, close_range or the end of a process) took the
 * interest's own away too. A file that is no socket does not tell. Its number does, unless that was
 * closed while the file lives on, by dup() or fork(). */
static __always_inline bool interest_is_alive(const struct interest *i,
					      const struct registration_key *reg)
{
	const struct sock *sk = (const void *)i->sock;

	if (sk)
		return (__u64)READ(sk, sk_socket, file) == i->file;
	return i->fd != reg->fd || i->file == reg->file ||
	       registration_is_there(i->key.epoll, i->file, i->fd, i->closed);
}

/* Whether the edges that lead to reports of it are visible at a socket; of room to write they are
 * not. */
static __always_inline bool interest_is_visible(const struct interest *i)
{
	return sees_ready && i->sock && !(i->events & EPOLLEXCLUSIVE);
}

/* What has to be noted from now on, so that reports of it can be told apart; docs/design.md. */
static __always_inline void interest_compare(const struct interest *i)
{
	struct epoll_state *e = epoll_own(i->key.epoll);

	if (e && (!interest_is_visible(i) || i->events & EPOLL_ROOM))
		e->hidden = 1;
	if (sees_callbacks || i->events & EPOLLET)
		return;
	if (!interest_is_visible(i) || i->events & EPOLL_ROOM)
		compares_levels = true;
	if (i->events & EPOLL_ROOM)
		compares_room = true;
	if (i->kind == FILE_EVENTFD)
		compares_counts = true;
	if (i->kind == FILE_EPOLL)
		compares_nested = true;
}

/* The same for what is left behind of a file that is no socket. */
static __always_inline void interest_follow(struct interest *i)
{
	const struct sock_state *s;

	if (i->sock || i->kind == FILE_OTHER || !(i->events & (EPOLLET | EPOLLONESHOT)))
		return;
	follows_files = true;
	if (i->kind == FILE_EPOLL)
		follows_nested = true;
	s = object_find(i->file);
	i->used = s && s->used;
}

/* The state of its file, with which the next report is compared. */
static __always_inline void interest_note(struct interest *i, __u32 told)
{
	const struct sock_state *s = object_find(object_of(i));

	i->told = told;
	i->reported = bpf_ktime_get_ns();
	i->filled = s ? s->filled : 0;
}

/* Whether the position of an interest is how many notifications its socket gave. */
static __always_inline bool interest_hears(const struct interest *i)
{
	return sees_ready && i->sock;
}

/* Fills in an interest that is all zeros yet. */
static __always_inline void interest_begin(struct interest *i, const struct registration_key *reg,
					   const struct sock *sk, __u32 events, enum quiet quiet)
{
	i->sock = (__u64)sk;
	i->file = reg->file;
	i->fd = reg->fd;
	i->events = events;
	i->quiet = quiet;
	i->first = FIRST_NOBODY;
	i->kind = file_kind_of((const void *)reg->file, sk);
	if (sk && sock_is_tcp(sk)) /* all there is, is news */
		i->arrived = READ((const struct tcp_sock *)sk, rcv_nxt) - 1;
	interest_compare(i);
	interest_follow(i);
	if (!reg->file) { /* not known, for the process has closed it */
		i->closed = 1;
		i->kind = FILE_UNREGISTERED;
	}
	if (quiet != QUIET_ADOPTED || sees_callbacks)
		return;
	interest_note(i, ~0u);
	if (!interest_hears(i))
		i->position = file_position(i->file, i->sock, i->kind);
}

/* The interest is gone; what it counted stays with its epoll instance. */
static __always_inline void interest_end(const struct interest_key *key, struct interest *i)
{
	stall_end_gone(key, i);
	waiting_end_gone(key, i, false);
	handoff_settle(i, i->holder, COUNT_WASTED);
	epoll_keep(key->epoll, key->data);
	interest_free(key, i);
}

#endif
