/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The wake ledger: every wake of a wait call is early, absorbed or returned, and of those that
 * returned, each proves useful, handed, wasted or timed. docs/metrics.md, "Wake ledger". */
#ifndef WAKELAB_WAKES_BPF_H
#define WAKELAB_WAKES_BPF_H

#include "handoffs.bpf.h"
#include "telling.bpf.h"

static __always_inline struct waker *waker_find(const struct waker_key *key)
{
	struct waker_key others = {.context = key->context};
	struct waker fresh = {}, *w = bpf_map_lookup_elem(&wakers, key);

	if (w)
		return w;
	if (key->tid)
		bpf_get_current_comm(fresh.comm, sizeof(fresh.comm));
	bpf_map_update_elem(&wakers, key, &fresh, BPF_NOEXIST);
	w = bpf_map_lookup_elem(&wakers, key);
	return w ? w : bpf_map_lookup_elem(&wakers, &others);
}

/* Who wakes a thread of the target right now. */
static __always_inline void waker_count(enum waker_context from)
{
	struct waker_key key = {.context = from};
	struct waker *w;

	if (from == WAKER_TASK)
		key.tid = tid_of(bpf_get_current_task());
	count(COUNT_FROM_TASK + from, 1);
	w = waker_find(&key);
	if (w)
		__sync_fetch_and_add(&w->wakes, 1);
}

/* Wakes that came since the thread last looked and ended no sleep. */
static __always_inline void wakes_settle(struct task_state *t, __u64 ended)
{
	__u64 fresh = t->wakes - t->wakes_seen;

	if (fresh > ended) {
		thread_count(t, COUNT_EARLY, fresh - ended);
		tell_proved(t, WORD_PROVED_EARLY, fresh - ended, ended ? 0 : t->last.waking);
	}
	t->wakes_seen += fresh;
}

/*
 * The thread runs again after a sleep, since oncpu (t2): the newest wake since it last ran ended
 * the sleep. That wake may have been seen before the switch-out, when the thread was on its way to
 * sleep.
 */
static __always_inline void wakes_run(struct task_state *t, __u64 oncpu)
{
	t->asleep = 0;
	tell_runs(t, oncpu);
	if (!t->waiting)
		return;
	t->oncpu = oncpu;
	if (t->wakes == t->wakes_seen) {
		thread_count(t, COUNT_UNSEEN, 1);
		return;
	}
	wakes_settle(t, 1);
	t->ended = t->last;
	t->woken = 1;
}

/* The thread runs, so a sleep that is still open is over: some kernels do not show every switch
 * from the idle task (seen on 6.18). The sleep counts; its t2 is not known, and no stage is made of
 * it. */
static __always_inline void wakes_awake(struct task_state *t)
{
	if (t->asleep)
		wakes_run(t, 0);
}

/* The thread goes to sleep in its call. */
static __always_inline void wakes_sleep(struct task_state *t)
{
	wakes_awake(t);
	t->asleep = 1;
	t->sleeps++;
	tell_sleeps(t);
	if (!t->waiting)
		return;
	thread_count(t, COUNT_SLEEPS, 1);
	if (t->woken) {
		thread_count(t, COUNT_ABSORBED, 1);
		tell_proved(t, WORD_PROVED_ABSORBED, 1, t->ended.waking);
	}
	if (t->woken && t->class == CLASS_MUX)
		thread_count(t, COUNT_SLEPT_ON, 1);
	t->woken = 0;
}

static __always_inline enum counter wakes_cause(const struct task_state *t, enum verdict verdict)
{
	if (t->ended.cause == CAUSE_DATA)
		return COUNT_BY_DATA;
	if (t->ended.cause == CAUSE_SIGNAL)
		return COUNT_BY_SIGNAL;
	return verdict == VERDICT_TIMEOUT ? COUNT_BY_TIMER : COUNT_BY_OTHER;
}

static __always_inline void wakes_stages(const struct task_state *t, __u64 now)
{
	if (t->ended.ready)
		latency_add(LATENCY_READY_TO_WAKING, t->ended.ready, t->ended.waking);
	if (t->oncpu) {
		latency_add(LATENCY_WAKING_TO_ONCPU, t->ended.waking, t->oncpu);
		latency_add(LATENCY_ONCPU_TO_RETURN, t->oncpu, now);
	}
	latency_add(LATENCY_WAKING_TO_RETURN, t->ended.waking, now);
}

/* A wake, which was then, led to nothing, and why, as far as the thread's I/O tells. */
static __always_inline void wakes_waste(struct task_state *t, __u32 tried, __u64 then)
{
	thread_count(t, COUNT_WASTED, 1);
	if (tried & TRIED_FAILED)
		thread_count(t, COUNT_FAILED_IO, 1);
	else if (tried & TRIED_REFUSED)
		thread_count(t, COUNT_REFUSED, 1);
	tell_proved(t,
		    tried & TRIED_FAILED    ? WORD_PROVED_FAILED
		    : tried & TRIED_REFUSED ? WORD_PROVED_REFUSED
					    : WORD_PROVED_WASTED,
		    1, then);
}

/* Whether the wake was worth it will show until the thread's next such wait. */
static __always_inline void wakes_open(struct task_state *t)
{
	tell_opens(t);
	t->unjudged = 1;
	t->handed = 0;
	t->tried = 0;
	t->told_by = 0;
	t->offered.epoll = 0;
}

/* A wait call returned, and a wake had ended its last sleep. */
static __always_inline void wakes_returned(struct task_state *t, enum verdict verdict, __u64 now)
{
	bool success = verdict == VERDICT_SLEPT;

	thread_count(t, COUNT_RETURNED, 1);
	count(wakes_cause(t, verdict), 1);
	wakes_stages(t, now);
	tell_woken(t);
	t->woken = 0;
	if (verdict == VERDICT_TIMEOUT) {
		thread_count(t, COUNT_TIMED, 1);
		tell_proved(t, WORD_PROVED_TIMED, 1, t->ended.waking);
	} else if (success && (t->class == CLASS_IO || t->class == CLASS_URING)) {
		thread_count(t, COUNT_USEFUL, 1);
		tell_proved(t, WORD_PROVED_USEFUL, 1, t->ended.waking);
	} else if (t->class == CLASS_IO || t->class == CLASS_URING) {
		wakes_waste(t, verdict == VERDICT_ERROR ? TRIED_FAILED : 0, t->ended.waking);
	} else {
		wakes_open(t);
	}
}

/* Whether an interest is of an eventfd that no target has read: such a one only wakes, and what it
 * tells of lies in memory. Global and with a scalar argument: verified once. */
__weak __noinline int waker_is_unread(__u32 place)
{
	const struct interest *i = interest_at(place);

	return i && !i->used;
}

/* The thread's next such wait began, or the thread ended, and no I/O had come of the last wake. */
static __always_inline void wakes_judge(struct task_state *t)
{
	if (!t->unjudged)
		return;
	t->unjudged = 0;
	if (t->handed) {
		thread_count(t, COUNT_HANDED, 1);
		tell_judged(t, WORD_PROVED_HANDED);
	} else if (t->told_by && waker_is_unread(t->told_by - 1)) {
		thread_count(t, COUNT_USEFUL, 1);
		tell_judged(t, WORD_PROVED_USEFUL);
	} else if (t->tried || !t->offered.epoll ||
		   !handoff_await(t->offered.epoll, t->offered.data))
		wakes_waste(t, t->tried, tell_opened(t));
}

/* The running thread wakes another one of the target, by its own doing: it may hand on what it was
 * woken for. */
static __always_inline void wakes_hand(const struct task_state *woken)
{
	struct task_state *t = task_current();

	if (!t || t == woken)
		return;
	t->moves++;
	if (t->unjudged)
		t->handed = 1;
}

/* I/O succeeded. */
static __always_inline void wakes_use(struct task_state *t)
{
	if (!t->unjudged)
		return;
	t->unjudged = 0;
	thread_count(t, COUNT_USEFUL, 1);
	tell_judged(t, WORD_PROVED_USEFUL);
}

#endif
