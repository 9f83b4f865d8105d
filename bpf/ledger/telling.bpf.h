/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the programs tell of what happens: a function for each thing, which writes a record of
 * metrics/events.def if that is asked for. Without EVENTS they are nothing, and the programs are
 * what they would be without them.
 */
#ifndef WAKELAB_TELLING_BPF_H
#define WAKELAB_TELLING_BPF_H

#include "event_calls.bpf.h"
#include "event_registered.bpf.h"
#include "event_threads.bpf.h"
#include "task.bpf.h"

/* A call begins: regs are its registers, or args its arguments, as the program has them. */
static __always_inline void tell_begins(const struct pt_regs *regs, __u32 abi)
{
#ifdef EVENTS
	event_begins(abi, call_fifth(regs));
#endif
}

static __always_inline void tell_begins_steady(const unsigned long *args,
					       const struct task_struct *task)
{
#ifdef EVENTS
	event_begins(task_abi(task), args[N_ARGS]);
#endif
}

/* A call of the running thread returned, after ns; and what it told of was looked at. */
static __always_inline void tell_returns(__u32 verdict, __s64 ret, __u64 ns)
{
#ifdef EVENTS
	event_returns(verdict, ret, ns);
#endif
}

static __always_inline void tell_call(const struct task_state *t)
{
#ifdef EVENTS
	if (t->class == CLASS_IO)
		event_io(t->row);
	else if (t->class == CLASS_MUX || t->class == CLASS_SLEEP || t->class == CLASS_URING)
		event_wait(t->row);
	else if (t->kind == KIND_EPOLL_CTL)
		event_registration(t->row);
#endif
}

/* A thread falls asleep in a call; runs again, since oncpu, 0: that was not seen; and its wait
 * returned by a wake. */
static __always_inline void tell_sleeps(const struct task_state *t)
{
#ifdef EVENTS
	struct event_task *et = event_task_of(t);

	if (et)
		et->asleep = bpf_ktime_get_ns();
#endif
}

static __always_inline void tell_runs(const struct task_state *t, __u64 oncpu)
{
#ifdef EVENTS
	struct event_task *et = event_task_of(t);

	if (!et || !et->asleep)
		return;
	et->slept_ns += (oncpu ? oncpu : bpf_ktime_get_ns()) - et->asleep;
	et->asleep = 0;
#endif
}

static __always_inline void tell_woken(const struct task_state *t)
{
#ifdef EVENTS
	struct event_task *et = event_task_of(t);

	if (!et)
		return;
	et->woken = 1;
	et->to_run_ns = t->oncpu ? t->oncpu - t->ended.waking : 0;
#endif
}

/* A thread of the target is woken. */
static __always_inline void tell_wake(const struct task_struct *woken, __u32 from)
{
#ifdef EVENTS
	event_wake(address_of(woken), from);
#endif
}

/* What so many wakes of a thread led to; since is when that wake was, 0: it is not known. */
static __always_inline void tell_proved(const struct task_state *t, enum event_word outcome,
					__u32 wakes, __u64 since)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_PROVED))
		event_proved(t->id, outcome, wakes, since);
#endif
}

/* What a thread's last wake leads to will show; when that wake was; and it showed. */
static __always_inline void tell_opens(const struct task_state *t)
{
#ifdef EVENTS
	struct event_task *et = event_task_of(t);

	if (et)
		et->judged = t->ended.waking;
#endif
}

static __always_inline __u64 tell_opened(const struct task_state *t)
{
#ifdef EVENTS
	const struct event_task *et = event_task_of(t);

	return et ? et->judged : 0;
#else
	return 0;
#endif
}

static __always_inline void tell_judged(const struct task_state *t, enum event_word outcome)
{
	tell_proved(t, outcome, 1, tell_opened(t));
}

/* The running thread closes a descriptor. */
static __always_inline void tell_closes(__u32 fd)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_CLOSED))
		event_closes(fd);
#endif
}

/* A report of epoll was judged. */
static __always_inline void tell_report(__u32 place, __u32 events, __u64 data, __u32 is)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_REPORT))
		event_report(place, events, data, is);
#endif
}

/* poll() or select() found a descriptor ready; and whether that is to be told at all. */
static __always_inline bool tells_polled(void)
{
#ifdef EVENTS
	return event_is_wanted(EVENT_POLLED);
#else
	return false;
#endif
}

static __always_inline void tell_polled(__u32 fd, __u32 events)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_POLLED))
		event_polled(fd, events);
#endif
}

/* A signal was generated for a thread; and one was taken by the running thread. */
static __always_inline void tell_raise(const struct task_struct *target, __u32 signal, __u32 result,
				       const struct kernel_siginfo *info)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_RAISE))
		event_raise(address_of(target), signal, result, address_of(info));
#endif
}

static __always_inline void tell_take(__u32 signal, enum event_word how)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_TAKE))
		event_take(signal, how);
#endif
}

/* A thread leaves something unread; and that goes on, after so many ns. */
static __always_inline void tell_left(const struct stall *s)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_LEFT))
		event_left(s);
#endif
}

static __always_inline void tell_goes_on(const struct stall *s, __u64 ns)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_GOES_ON))
		event_goes_on(s, ns);
#endif
}

/* Of a registration: its descriptor became ready, it is silent until it is armed again, so many
 * reports that were unknown were of the same, and what it told of waited for the running thread. */
static __always_inline void tell_ready(const struct interest_key *key)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_READY))
		event_ready(key->epoll, key->data);
#endif
}

static __always_inline void tell_disarm(const struct interest_key *key)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_DISARM))
		event_disarm(key->epoll, key->data);
#endif
}

static __always_inline void tell_decide(const struct interest *i)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_DECIDE) && i->undecided)
		event_decide(i->key.epoll, i->key.data, i->undecided);
#endif
}

static __always_inline void tell_late(const struct interest_key *key, __u64 ns, __u32 why)
{
#ifdef EVENTS
	if (event_is_wanted(EVENT_LATE))
		event_late(key->epoll, key->data, ns, why);
#endif
}

#endif
