/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What a look at a file says of a report of it, where no notification was seen: has it moved since
 * the last one? docs/metrics.md, "Reports without a visible notification".
 */
#ifndef WAKELAB_NEWS_BPF_H
#define WAKELAB_NEWS_BPF_H

#include "interests.bpf.h"

/* What a look at a file says of a report: the later ones outweigh those before. */
enum news { NEWS_NONE, NEWS_UNKNOWN, NEWS_CERTAIN };

/*
 * Whether the interest, level-triggered, was seen not ready since its last report: a thread fell
 * asleep in a wait on the instance, or one gave less than it could and left it out.
 */
static __always_inline bool report_was_away(__u64 epoll, const struct interest *i)
{
	const struct task_state *t = task_current();
	struct epoll_state *e;
	bool away;

	if (!t)
		return false;
	if (t->slept > i->reported)
		return true;
	e = epoll_own(epoll);
	if (!e || !epoll_sweep(e))
		return false;
	away = e->swept_from > i->reported && e->swept_to < t->entered;
	epoll_swept(e);
	return away;
}

/* What is told of room to write: news only if there was none meanwhile. */
static __always_inline enum news room_news(const struct interest *i)
{
	const struct sock_state *s = object_find(object_of(i));

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
	const struct sock_state *s = i->kind == FILE_EVENTFD ? object_find(object_of(i)) : NULL;

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

/* What a level-triggered report, of the interest that has this place, tells beyond what is seen of
 * notifications; judged: its events that are to be judged. Global and with scalars only: the
 * verifier takes it by itself. */
__weak __noinline int level_news(__u64 epoll, __u32 place, __u32 judged)
{
	struct interest *i = interest_at(place);
	enum news news = NEWS_NONE, more;

	if (!i)
		return NEWS_UNKNOWN;
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

/* The running thread's wait on the instance gave n reports, of at most max: what was ready and
 * level-triggered is among them, or, if it slept, nothing was. */
static __always_inline void wait_swept(const struct task_state *t, __u64 epoll, __u64 n, __u64 max,
				       __u64 now)
{
	struct epoll_state *e = epoll_own(epoll);

	if (!e || (n >= max && !t->slept) || !epoll_sweep(e))
		return;
	e->swept_from = t->slept ? t->slept : t->entered;
	e->swept_to = n < max ? now : t->slept;
	epoll_swept(e);
}

#endif
