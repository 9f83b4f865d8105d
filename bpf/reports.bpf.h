/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What epoll_wait() returned, report by report: was it news? docs/metrics.md, "Interest ledger". */
#ifndef WAKELAB_REPORTS_BPF_H
#define WAKELAB_REPORTS_BPF_H

#include "interests.bpf.h"

static __always_inline void report_flags(__u32 events)
{
	if (events & EPOLLIN)
		count(COUNT_REPORT_IN, 1);
	if (events & EPOLLOUT)
		count(COUNT_REPORT_OUT, 1);
	if (events & EPOLLPRI)
		count(COUNT_REPORT_PRI, 1);
	if (events & EPOLLERR)
		count(COUNT_REPORT_ERR, 1);
	if (events & EPOLLHUP)
		count(COUNT_REPORT_HUP, 1);
	if (events & EPOLLRDHUP)
		count(COUNT_REPORT_RDHUP, 1);
}

static __always_inline void report_is_edge(struct interest *i)
{
	interest_count(i, COUNT_EDGES, 1);
	interest_count(i, COUNT_FRESH, 1);
}

/* A report of a registration that is new, and without an edge: the kernel found it ready when it
 * made it, a moment after we looked. */
static __always_inline void report_first(struct interest *i)
{
	if (i->quiet == QUIET_ADOPTED) {
		interest_count(i, COUNT_UNKNOWN, 1);
		return;
	}
	if (i->sock)
		finding_is_first(i, (const void *)i->sock);
	interest_count(i, COUNT_ARMS, 1);
	report_is_edge(i);
}

/*
 * An edge-triggered report without an edge since the one before. Its edge is announced before the
 * kernel queues the report: when another report was on its way out just then, that one took the
 * edge (spare). Or it was held for one that was counted before (twin).
 */
static __always_inline bool report_has_edge(struct interest *i)
{
	if (i->spare) {
		i->spare--;
		interest_count(i, COUNT_MERGED, -1);
		return true;
	}
	if (i->twin) {
		i->twin = 0;
		interest_count(i, COUNT_EDGES, 1);
		return true;
	}
	return false;
}

/* Whether something has come whose notification is still to be seen: the socket was looked at
 * between the two, as it is with every wait that follows a level-triggered report. */
static __always_inline bool report_has_news(struct interest *i)
{
	const struct sock *sk = (const void *)i->sock;

	return i->sock && sock_is_tcp(sk) && !sock_is_listening(sk) && stream_has_news(i, sk);
}

static __always_inline void report_without_edge(struct interest *i, __u32 events)
{
	bool edge_triggered = i->events & EPOLLET;

	if (edge_triggered && events & EPOLLOUT && !sees_callbacks)
		interest_count(i, COUNT_UNKNOWN, 1);
	else if (i->quiet)
		report_first(i);
	else if (report_has_news(i))
		report_is_edge(i);
	else if (edge_triggered && report_has_edge(i))
		interest_count(i, COUNT_FRESH, 1);
	else
		interest_count(i, COUNT_REREPORTS, 1);
}

/* Whether the edges that lead to such a report are visible at a socket. */
static __always_inline bool report_is_visible(const struct interest *i, __u32 events)
{
	return i->sock && !(i->events & EPOLLEXCLUSIVE) && events & EPOLL_SEEN;
}

/* Where no notification is visible: a report is news if what it tells of has moved since. */
static __always_inline void report_by_position(const struct interest_key *key, struct interest *i,
					       __u32 events)
{
	const struct sock *sk = (const void *)i->sock;

	stall_end(key, i); /* it would not be told of if nothing had come */
	if (!report_is_visible(i, events) || (i->events & EPOLLET && events & EPOLLOUT))
		interest_count(i, COUNT_UNKNOWN, 1);
	else if (i->quiet)
		report_first(i);
	else if (!sock_is_tcp(sk))
		interest_count(i, COUNT_UNKNOWN, 1);
	else if (position_moved(i, sk))
		report_is_edge(i);
	else
		interest_count(i, COUNT_REREPORTS, 1);
	i->arrived = sock_position(sk);
	i->quiet = QUIET_NOT;
}

/* Whether the report was news. */
static __always_inline void report_judge(const struct interest_key *key, struct interest *i,
					 __u32 events)
{
	__u64 pending = i->pending;

	interest_count(i, COUNT_REPORTS, 1);
	if (!sees_ready && !sees_callbacks) {
		report_by_position(key, i, events);
		return;
	}
	if (!sees_callbacks && !report_is_visible(i, events)) {
		interest_count(i, COUNT_UNKNOWN, 1);
		return;
	}
	if (pending) {
		__sync_fetch_and_add(&i->pending, -pending);
		i->spare = pending - 1;
		interest_count(i, COUNT_FRESH, 1);
		interest_count(i, COUNT_MERGED, pending - 1);
	} else {
		report_without_edge(i, events);
	}
	i->quiet = QUIET_NOT;
}

/* What a report obliges the thread to: to read until there is no more, or to arm again. */
static __always_inline void report_oblige(const struct interest_key *key, struct interest *i)
{
	struct task_state *t;
	struct sock_state *s;
	__u32 unit;

	if (i->events & EPOLLET && i->events & EPOLLIN &&
	    sock_unread((const void *)i->sock, &unit)) {
		t = task_current();
		s = sock_find((const void *)i->sock);
		if (t && s) {
			left_add(key, i, t);
			s->left = 1;
		}
	}
	if (i->events & EPOLLONESHOT) {
		i->events &= EPOLL_PRIVATE;
		interest_count(i, COUNT_DISARMED, 1);
	}
}

/* One element of the array that epoll_wait() filled in. */
static __always_inline void interest_report(__u64 epoll, __u32 events, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = bpf_map_lookup_elem(&interests, &key);

	report_flags(events);
	if (!i || i->shared) {
		epoll_count(epoll, COUNT_REPORTS, 1);
		epoll_count(epoll, i ? COUNT_AMBIGUOUS : COUNT_UNKNOWN, 1);
		return;
	}
	report_judge(&key, i, events);
	if (i->sock)
		report_oblige(&key, i);
}

#endif
