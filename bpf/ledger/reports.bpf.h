/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What epoll_wait() returned, report by report: was it news? docs/metrics.md, "Interest ledger". */
#ifndef WAKELAB_REPORTS_BPF_H
#define WAKELAB_REPORTS_BPF_H

#include "interests.bpf.h"

static __always_inline void report_flags(__u32 events)
{
	if (events & EPOLLIN)
		tally(COUNT_REPORT_IN, 1);
	if (events & EPOLLOUT)
		tally(COUNT_REPORT_OUT, 1);
	if (events & EPOLLPRI)
		tally(COUNT_REPORT_PRI, 1);
	if (events & EPOLLERR)
		tally(COUNT_REPORT_ERR, 1);
	if (events & EPOLLHUP)
		tally(COUNT_REPORT_HUP, 1);
	if (events & EPOLLRDHUP)
		tally(COUNT_REPORT_RDHUP, 1);
}

static __always_inline void unknown_count(__u32 kind, __u64 n)
{
	__u32 zero = 0;
	struct counters *c = bpf_map_lookup_elem(&counters, &zero);

	barrier_var(kind); /* else the bound is checked on another register than is used */
	if (c && kind < N_FILE_KINDS)
		__sync_fetch_and_add(&c->v[COUNT_UNKNOWN_OF + kind], n);
}

static __always_inline void report_is_unknown(struct interest *i)
{
	interest_count(i, COUNT_UNKNOWN, 1);
	unknown_count(i->kind, 1);
}

/* What was undecided told the same again. */
static __always_inline void reports_decide(struct interest *i)
{
	interest_count(i, COUNT_REREPORTS, i->undecided);
	interest_count(i, COUNT_UNKNOWN, -(__u64)i->undecided);
	unknown_count(i->kind, -(__u64)i->undecided);
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
		report_is_unknown(i);
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

static __always_inline void report_without_edge(struct interest *i)
{
	if (i->quiet)
		report_first(i);
	else if (report_has_news(i))
		report_is_edge(i);
	else if (i->events & EPOLLET && report_has_edge(i))
		interest_count(i, COUNT_FRESH, 1);
	else
		interest_count(i, COUNT_REREPORTS, 1);
}

/* What a look at a file says of a report: the later ones outweigh those before. */
enum news { NEWS_NONE, NEWS_UNKNOWN, NEWS_CERTAIN };

/*
 * Whether the interest, level-triggered, was seen not ready since its last report: a thread fell
 * asleep in a wait on the instance, or one gave less than it could and left it out.
 */
static __always_inline bool report_was_away(__u64 epoll, const struct interest *i)
{
	const struct task_state *t = task_current();
	const struct epoll_state *e;

	if (!t)
		return false;
	if (t->slept > i->reported)
		return true;
	e = epoll_own(epoll);
	return e && e->swept_from > i->reported && e->swept_to < t->entered;
}

/* What is told of room to write: news only if there was none meanwhile. */
static __always_inline enum news room_news(const struct interest *i)
{
	const struct sock_state *s = sock_find((const void *)object_of(i));

	if (!s)
		return NEWS_UNKNOWN;
	return s->filled != i->filled ? NEWS_CERTAIN : NEWS_NONE;
}

static __always_inline bool interest_is_new(const struct interest *i)
{
	return i->quiet == QUIET_NEW || i->quiet == QUIET_REARMED;
}

/* How many reads of an eventfd were begun, or are over. They are loaded anew each time. */
static __always_inline __u32 reads_of(const struct interest *i, bool begun)
{
	const struct sock_state *s =
		i->kind == FILE_EVENTFD ? sock_find((const void *)object_of(i)) : NULL;

	if (!s)
		return 0;
	return *(const volatile __u32 *)(begun ? &s->reads_begun : &s->reads_ended);
}

/*
 * What is told of anything else: news if the file has moved, and then it is compared with where it
 * is now. It can be behind while a read that another thread has under way is not seen yet, or if
 * somebody else reads.
 */
static __always_inline enum news position_news(struct interest *i)
{
	__u64 was = i->position, now;
	__u32 ended;

	if (interest_hears(i)) {
		__sync_fetch_and_add(&i->position, -was);
		return was ? NEWS_CERTAIN : NEWS_NONE;
	}
	ended = reads_of(i, false);
	now = file_position(i->file, i->sock, i->kind);
	i->moving = reads_of(i, true) != ended;
	if (interest_is_new(i) || was == NO_POSITION || now == NO_POSITION) {
		i->position = now;
		return NEWS_UNKNOWN;
	}
	if (i->moving && (__s64)(now - was) <= 0) {
		i->undecided += i->quiet == QUIET_NOT;
		return NEWS_UNKNOWN;
	}
	if ((__s64)(now - was) < 0 && i->kind != FILE_TIMERFD)
		return NEWS_UNKNOWN;
	i->position = now;
	return now != was ? NEWS_CERTAIN : NEWS_NONE;
}

/* What a level-triggered report tells beyond what is seen of notifications; judged: its events that
 * are to be judged. */
static __always_inline enum news level_news(__u64 epoll, struct interest *i, __u32 judged)
{
	enum news news = NEWS_NONE, more;

	if (judged & EPOLL_ROOM)
		news = room_news(i);
	if (judged & ~EPOLL_ROOM) {
		more = position_news(i);
		news = more > news ? more : news;
	}
	if (i->quiet == QUIET_ADOPTED && news == NEWS_NONE)
		news = NEWS_UNKNOWN; /* it may have been told of before */
	if (interest_is_new(i) || judged & ~i->told ||
	    (news != NEWS_CERTAIN && report_was_away(epoll, i)))
		news = NEWS_CERTAIN;
	return news;
}

/*
 * A report whose notification is not seen. An edge-triggered one always is news: the kernel makes
 * it of a notification, or of a registration that found its file ready, and never puts it back.
 */
static __always_inline void report_unseen(__u64 epoll, struct interest *i, __u32 judged)
{
	enum news news = i->events & EPOLLET ? NEWS_CERTAIN : level_news(epoll, i, judged);

	if (i->quiet && i->events & EPOLLEXCLUSIVE && i->sock) /* it may still be notified of */
		finding_is_first(i, (const void *)i->sock);
	if (news == NEWS_CERTAIN) {
		interest_count(i, COUNT_FRESH, 1);
		interest_count(i, COUNT_FOUND, 1);
		i->undecided = 0;
	} else if (news == NEWS_NONE) {
		interest_count(i, COUNT_REREPORTS, 1);
	} else {
		report_is_unknown(i);
	}
}

/* A report whose edges are visible; of a socket all but those of room to write, unless callbacks
 * are seen. */
static __always_inline void report_seen(__u64 epoll, struct interest *i, __u32 events)
{
	__u32 seen = sees_callbacks ? events : events & EPOLL_SEEN;
	__u64 pending = i->pending;

	if (seen && pending) {
		__sync_fetch_and_add(&i->pending, -pending);
		i->spare = pending - 1;
		interest_count(i, COUNT_FRESH, 1);
		if (pending > 1)
			interest_count(i, COUNT_MERGED, pending - 1);
	} else if (events == seen) {
		report_without_edge(i);
	} else if (seen && !(i->events & EPOLLET) && i->quiet) {
		report_first(i);
	} else if (seen && !(i->events & EPOLLET) && report_has_news(i)) {
		report_is_edge(i);
	} else {
		report_unseen(epoll, i, events & ~seen);
	}
}

/* Whether the report was news. */
static __always_inline void report_judge(const struct interest_key *key, struct interest *i,
					 __u32 events)
{
	bool visible = sees_callbacks || interest_is_visible(i);

	interest_count(i, COUNT_REPORTS, 1);
	if (visible)
		report_seen(key->epoll, i, events);
	else
		report_unseen(key->epoll, i, events);
	if (!sees_ready && !sees_callbacks) {
		stall_end(key, i); /* it would not be told of if nothing had come */
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
	__u32 unit;

	if (!t || !sock_unread((const void *)i->sock, &unit))
		return;
	s = sock_find((const void *)i->sock);
	if (!s)
		return;
	if (i->events & EPOLLET)
		left_add(key, i, t);
	i->holder = bpf_get_current_task();
	s->left = 1;
	if (!t->offered.epoll)
		t->offered = *key;
}

/* What a report obliges the thread to: to read, or to arm again. */
static __always_inline void report_oblige(const struct interest_key *key, struct interest *i)
{
	if (i->sock && i->events & EPOLLIN && i->events & (EPOLLET | EPOLLONESHOT))
		report_offer(key, i);
	if (i->events & EPOLLONESHOT) {
		i->events &= EPOLL_PRIVATE;
		interest_count(i, COUNT_DISARMED, 1);
	}
}

/* One element of the array that epoll_wait() filled in. */
static __always_inline void interest_report(__u64 epoll, __u32 events, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);

	report_flags(events);
	if (!i || i->shared) {
		epoll_count(epoll, COUNT_REPORTS, 1);
		epoll_count(epoll, i ? COUNT_AMBIGUOUS : COUNT_UNKNOWN, 1);
		if (!i)
			unknown_count(FILE_UNREGISTERED, 1);
		return;
	}
	report_judge(&key, i, events);
	report_oblige(&key, i);
}

/* The running thread's wait on the instance gave n reports, of at most max: what was ready and
 * level-triggered is among them, or, if it slept, nothing was. */
static __always_inline void wait_swept(const struct task_state *t, __u64 epoll, __u64 n, __u64 max,
				       __u64 now)
{
	struct epoll_state *e = epoll_own(epoll);

	if (!e || (n >= max && !t->slept))
		return;
	e->swept_from = t->slept ? t->slept : t->entered;
	e->swept_to = n < max ? now : t->slept;
}

#endif
