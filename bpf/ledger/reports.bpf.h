/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What epoll_wait() returned, report by report: was it news? docs/metrics.md, "Interest ledger".
 *
 * hooks/exits.bpf.h decodes a report and hands it to report_enter(). There report_judge() says what
 * it comes to, report_count() counts that, and then the report has its consequences: what the next
 * one is compared with, and what the thread is to do.
 */
#ifndef WAKELAB_REPORTS_BPF_H
#define WAKELAB_REPORTS_BPF_H

#include "news.bpf.h"
#include "spins.bpf.h"
#include "telling.bpf.h"

/* What a report comes to: which count it belongs to, and what else it adds to. */
struct report {
	__u32 is; /* COUNT_FRESH, COUNT_REREPORTS, COUNT_AMBIGUOUS or COUNT_UNKNOWN */
	__u32 also;
	__s64 merged;
};

enum {
	ALSO_EDGE = 1,  /* its edge is counted only now */
	ALSO_ARM = 2,   /* and was there when it was registered */
	ALSO_FOUND = 4, /* nothing shows its edge */
};

#define REPORT(which, ...) ((struct report){.is = (which), __VA_ARGS__})
#define NO_PLACE           (~0u) /* of an interest */

/* A report of a registration that is new, and without an edge: the kernel found it ready when it
 * made it, a moment after we looked. */
static __always_inline struct report report_first(struct interest *i)
{
	if (i->quiet == QUIET_ADOPTED)
		return REPORT(COUNT_UNKNOWN);
	if (i->sock)
		finding_is_first(i, (const void *)i->sock);
	return REPORT(COUNT_FRESH, .also = ALSO_EDGE | ALSO_ARM);
}

/* Whether something has come whose notification is still to be seen: the socket was looked at
 * between the two, as it is with every wait that follows a level-triggered report. */
static __always_inline bool report_has_news(struct interest *i)
{
	const struct sock *sk = (const void *)i->sock;

	return i->sock && sock_is_tcp(sk) && !sock_is_listening(sk) && stream_has_news(i, sk);
}

/* A report takes all edges since the one before. */
static __always_inline struct report report_of_edges(struct interest *i, __u64 pending)
{
	__sync_fetch_and_add(&i->pending, -pending);
	i->spare = pending - 1;
	return REPORT(COUNT_FRESH, .merged = pending - 1);
}

/*
 * An edge-triggered report without an edge since the one before. Its edge is announced before the
 * kernel queues the report: when another report was on its way out just then, that one took the
 * edge (spare). Or it was held for one that was counted before (twin).
 */
static __always_inline struct report report_of_before(struct interest *i)
{
	if (i->spare) {
		i->spare--;
		return REPORT(COUNT_FRESH, .merged = -1);
	}
	if (i->twin) {
		i->twin = 0;
		return REPORT(COUNT_FRESH, .also = ALSO_EDGE);
	}
	return REPORT(COUNT_REREPORTS);
}

/*
 * A report whose notification is not seen. An edge-triggered one always is news: the kernel makes
 * it of a notification, or of a registration that found its file ready, and never puts it back.
 */
static __always_inline struct report report_unseen(__u64 epoll, struct interest *i, __u32 place,
						   __u32 judged)
{
	enum news news = i->events & EPOLLET ? NEWS_CERTAIN : level_news(epoll, place, judged);

	if (i->quiet && i->events & EPOLLEXCLUSIVE && i->sock) /* it may still be notified of */
		finding_is_first(i, (const void *)i->sock);
	if (news == NEWS_CERTAIN) {
		i->undecided = 0;
		return REPORT(COUNT_FRESH, .also = ALSO_FOUND);
	}
	return REPORT(news == NEWS_NONE ? COUNT_REREPORTS : COUNT_UNKNOWN);
}

/* Whether the report was news, and what else it comes to. Of what a socket tells all edges are
 * visible but those of room to write, and those too if callbacks are seen. */
static __always_inline struct report report_judge(__u64 epoll, struct interest *i, __u32 place,
						  __u32 events, bool visible)
{
	__u32 seen = sees_callbacks ? events : visible ? events & EPOLL_SEEN : 0;
	bool whole = sees_callbacks || (visible && !(events & ~EPOLL_SEEN));
	bool level = !(i->events & EPOLLET);
	__u64 pending = i->pending;

	if (seen && pending)
		return report_of_edges(i, pending);
	if (whole || (seen && level)) {
		if (i->quiet)
			return report_first(i);
		if (report_has_news(i))
			return REPORT(COUNT_FRESH, .also = ALSO_EDGE);
	}
	if (whole)
		return level ? REPORT(COUNT_REREPORTS) : report_of_before(i);
	return report_unseen(epoll, i, place, events & ~seen);
}

/* What the next report is compared with. */
static __always_inline void report_note(const struct interest_key *key, struct interest *i,
					__u32 events, bool visible)
{
	if (!visible || (!sees_ready && !sees_callbacks))
		stall_end_news(key, i); /* else it would not be told of */
	if (!sees_ready && !sees_callbacks) {
		if (i->kind == FILE_TCP || i->kind == FILE_LISTENER)
			i->arrived = sock_position((const void *)i->sock);
	}
	if (!sees_callbacks && !(i->events & EPOLLET) && (!visible || i->events & EPOLL_ROOM))
		interest_note(i, events);
	i->quiet = QUIET_NOT;
}

/* There is something to read, and it will not be told again: the thread has to read until there is
 * no more, or to hand the socket on. */
static __always_inline void report_offer(const struct interest_key *key, struct interest *i)
{
	struct task_state *t = task_current();
	struct sock_state *s;

	if (!t || !sock_unread((const void *)i->sock))
		return;
	s = sock_find((const void *)i->sock);
	if (!s)
		return;
	left_add(key, i, t);
	i->holder = t->id;
	i->part = 0;
	s->left = 1;
	if (!t->offered.epoll)
		t->offered = *key;
}

/* Whether there is anything to be read of a file that is no socket. An eventfd or a timer that
 * nobody ever reads only wakes: what it announces lies in memory. */
static __always_inline bool file_is_for_reading(const struct interest *i)
{
	if (i->kind == FILE_EVENTFD || i->kind == FILE_TIMERFD)
		return i->used;
	return i->kind != FILE_OTHER;
}

/* The same of such a file; whether there is something to read is looked for when the thread sleeps.
 * Global, like report_count(). */
__weak __noinline int file_offer(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);
	struct sock_state *s = i ? object_find(i->file) : NULL;
	struct task_state *t = task_current();

	if (!i || !s || !t)
		return 0;
	left_add(&key, i, t);
	i->part = 0;
	s->left = 1;
	return 0;
}

/* It may be told of work that lies in memory. */
static __always_inline void report_wakes(__u32 place)
{
	struct task_state *t = task_current();

	if (t)
		t->told_by = place + 1;
}

/* What a report obliges the thread to: to read, or to arm again. */
static __always_inline void report_oblige(const struct interest_key *key, struct interest *i,
					  __u32 place)
{
	if (i->events & EPOLLIN && i->events & (EPOLLET | EPOLLONESHOT)) {
		if (i->sock)
			report_offer(key, i);
		else if (file_is_for_reading(i))
			file_offer(key->epoll, key->data);
	}
	if (i->kind == FILE_EVENTFD && i->events & EPOLLET)
		report_wakes(place);
	if (i->events & EPOLLONESHOT) {
		i->events &= EPOLL_PRIVATE;
		interest_count(i, COUNT_DISARMED, 1);
		tell_disarm(key);
		if (!i->sock)
			file_disarmed(i->file, i->kind);
	}
}

/* By which flags reports are counted, from COUNT_REPORT_IN on. */
static const __u32 report_flags[] = {
	[COUNT_REPORT_IN - COUNT_REPORT_IN] = EPOLLIN,
	[COUNT_REPORT_OUT - COUNT_REPORT_IN] = EPOLLOUT,
	[COUNT_REPORT_PRI - COUNT_REPORT_IN] = EPOLLPRI,
	[COUNT_REPORT_ERR - COUNT_REPORT_IN] = EPOLLERR,
	[COUNT_REPORT_HUP - COUNT_REPORT_IN] = EPOLLHUP,
	[COUNT_REPORT_RDHUP - COUNT_REPORT_IN] = EPOLLRDHUP,
};

/* Global, like report_count(). */
__weak __noinline int flags_count(__u32 events)
{
	for (__u32 n = 0; n < sizeof(report_flags) / sizeof(report_flags[0]); n++)
		if (events & report_flags[n])
			tally(COUNT_REPORT_IN + n, 1);
	return 0;
}

/* Unknown reports of files of a kind. */
static __always_inline void unknown_count(__u32 kind, __u64 n)
{
	__u32 zero = 0;
	struct counters *c = bpf_map_lookup_elem(&counters, &zero);

	barrier_var(kind); /* else the bound is checked on another register than is used */
	if (c && kind < N_FILE_KINDS)
		__sync_fetch_and_add(&c->v[COUNT_UNKNOWN_OF + kind], n);
}

/* Adds to a count of an interest or an instance, whose counts are own, and to the sum. */
static __always_inline void own_count(struct counters *c, __u64 *own, enum counter which, __u64 n)
{
	__sync_fetch_and_add(&own[which - COUNT_EDGES], n);
	__sync_fetch_and_add(&c->v[which], n);
}

/*
 * Enters a report into the counts of the interest that has this place; if none has, of the
 * instance; and into the sums. Global and with scalars only: else the verifier would take it once
 * for each way to judge.
 */
__weak __noinline int report_count(__u64 epoll, __u32 place, __u32 is, __u32 also, __s64 merged)
{
	__u32 zero = 0;
	struct counters *c = bpf_map_lookup_elem(&counters, &zero);
	struct interest *i = interest_at(place);
	struct epoll_state *e = i ? NULL : epoll_find(epoll);
	__u64 *own = i ? i->v : e ? e->v : NULL;

	barrier_var(is); /* else the bounds are checked on another register than is used */
	if (!c || !own || is < COUNT_EDGES || is >= COUNT_EDGES + N_INTEREST_COUNTS)
		return 0;
	own_count(c, own, COUNT_REPORTS, 1);
	own_count(c, own, is, 1);
	if (is == COUNT_UNKNOWN)
		unknown_count(i ? i->kind : FILE_UNREGISTERED, 1);
	if (also & ALSO_EDGE)
		own_count(c, own, COUNT_EDGES, 1);
	if (also & ALSO_EDGE && i)
		tell_ready(&i->key);
	if (also & ALSO_ARM)
		own_count(c, own, COUNT_ARMS, 1);
	if (also & ALSO_FOUND)
		own_count(c, own, COUNT_FOUND, 1);
	if (merged)
		own_count(c, own, COUNT_MERGED, merged);
	return 0;
}

/* What was undecided told the same again. */
static __always_inline void reports_decide(struct interest *i)
{
	tell_decide(i);
	interest_count(i, COUNT_REREPORTS, i->undecided);
	interest_count(i, COUNT_UNKNOWN, -(__u64)i->undecided);
	unknown_count(i->kind, -(__u64)i->undecided);
}

/* One element of the array that epoll_wait() filled in, for a thread that has come so far: it is
 * judged, counted, and has consequences. */
static __always_inline void report_enter(__u64 epoll, __u32 events, __u64 data, __u64 progress)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	__u32 *found = bpf_map_lookup_elem(&interests, &key), place = found ? *found : NO_PLACE;
	struct interest *i = interest_at(place);
	struct report report;
	bool visible;

	flags_count(events);
	if (!i || i->shared) {
		report_count(epoll, NO_PLACE, i ? COUNT_AMBIGUOUS : COUNT_UNKNOWN, 0, 0);
		tell_report(place, events, data, i ? COUNT_AMBIGUOUS : COUNT_UNKNOWN);
		if (i && i->closed && report_of_closed(place, events))
			interest_spins(i, place, events, progress);
		return;
	}
	visible = sees_callbacks || interest_is_visible(i);
	report = report_judge(epoll, i, place, events, visible);
	tell_report(place, events, key.data, report.is);
	report_count(epoll, place, report.is, report.also, report.merged);
	report_note(&key, i, events, visible);
	report_oblige(&key, i, place);
	if (i->closed)
		report_of_closed(place, events);
	interest_spins(i, place, events, progress);
}

#endif
