/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Events of calls, and of what they told the thread. Each function that fills in a record is global
 * and has scalars only: the verifier takes it once.
 */
#ifndef WAKELAB_EVENT_CALLS_BPF_H
#define WAKELAB_EVENT_CALLS_BPF_H

#include "event_files.bpf.h"

#ifdef EVENTS
#define NS_PER_S        1000000000ull
#define LONGEST_TIMEOUT (~0ull >> 1) /* what is longer the kernel takes for that */

/* struct timespec and struct timeval of a 64-bit task: seconds, and parts of one, ns each. The
 * kernel refuses what is below 0. */
static __always_inline __s64 event_time_read(__u64 address, __u64 ns_of_part)
{
	__s64 parts[2];
	__u64 seconds, ns;

	if (!address)
		return NO_TIMEOUT;
	if (bpf_probe_read_user(parts, sizeof(parts), (const void *)address) || parts[0] < 0 ||
	    parts[1] < 0)
		return TIMEOUT_UNSET;
	seconds = parts[0];
	ns = parts[1];
	if (seconds >= LONGEST_TIMEOUT / NS_PER_S || ns >= LONGEST_TIMEOUT / ns_of_part)
		return LONGEST_TIMEOUT;
	ns = seconds * NS_PER_S + ns * ns_of_part;
	return ns > LONGEST_TIMEOUT ? LONGEST_TIMEOUT : ns;
}

/* The timeout of the call that begins, whose first arguments are in its state; the fifth may be it.
 */
static __always_inline __s64 event_timeout_of(const struct task_state *t, __u32 abi, __u64 fifth)
{
	__u32 row = t->row, arg;
	__u8 form;
	__u64 value;

	if (row >= MAX_CALLS)
		return TIMEOUT_UNSET;
	form = event_wish.timeouts[row].form;
	arg = event_wish.timeouts[row].arg;
	value = arg < N_ARGS ? t->args[arg & (N_ARGS - 1)] : fifth;
	if (form == TIMEOUT_MS)
		return (__s32)value < 0 ? NO_TIMEOUT : (__s64)(__s32)value * 1000000;
	if (form == TIMEOUT_NONE || abi)
		return TIMEOUT_UNSET;
	return event_time_read(value, form == TIMEOUT_TIMESPEC ? 1 : 1000);
}

__weak __noinline int event_begins(__u32 abi, __u64 fifth)
{
	struct task_state *t = task_current();
	struct event_task *et = t ? event_task_of(t) : NULL;

	if (!et)
		return 0;
	et->asleep = 0;
	et->slept_ns = 0;
	et->woken = 0;
	et->timeout_ns = event_timeout_of(t, abi, fifth);
	return 0;
}

/* The running thread's call returned; whether that is asked for. */
__weak __noinline int event_returns(__u32 verdict, __u64 result, __u64 ns)
{
	struct task_state *t = task_current();
	struct event_task *et = t ? event_task_of(t) : NULL;

	if (!et)
		return 0;
	et->verdict = verdict;
	et->result = result;
	et->duration_ns = ns;
	et->unasked = !event_is_asked(verdict, ns);
	return 0;
}

/* A call that waits returned. */
__weak __noinline int event_wait(__u32 row)
{
	struct task_state *t = task_current();
	struct event_task *et = t ? event_task_of(t) : NULL;
	struct event_wait *e;
	struct event_file file;

	if (!et || !event_call_is_wanted(EVENT_WAIT, t, et) ||
	    !event_fd_fill(&file, t->kind == KIND_EPOLL_WAIT || t->class == CLASS_URING
					  ? (__s32)t->args[0]
					  : NO_FD))
		return 0;
	e = event_open(EVENT_WAIT, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)bpf_get_current_task());
	e->result = et->result;
	e->duration_ns = et->duration_ns;
	e->slept_ns = et->slept_ns;
	e->to_run_ns = et->woken ? et->to_run_ns : 0;
	e->timeout_ns = et->timeout_ns;
	for (__u32 i = 0; i < N_EVENT_ARGS; i++)
		e->args[i] = t->args[i];
	e->file = file;
	e->sleeps = t->sleeps;
	e->waker_tid = et->woken ? et->waker_tid : 0;
	__builtin_memcpy(e->waker_comm, et->waker_comm, sizeof(e->waker_comm));
	e->call = row;
	e->verdict = et->verdict;
	e->woken_by = et->woken ? et->woken_by : N_WAKER_CONTEXTS;
	event_close(e);
	return 0;
}

/* A call that reads, writes or accepts returned. */
__weak __noinline int event_io(__u32 row)
{
	struct task_state *t = task_current();
	struct event_task *et = t ? event_task_of(t) : NULL;
	struct event_file file, opened;
	struct event_io *e;

	if (!et || !event_call_is_wanted(EVENT_IO, t, et) || !event_fd_fill(&file, t->args[0]))
		return 0;
	event_fd_fill(&opened,
		      t->kind == KIND_ACCEPT && et->result >= 0 ? (__s32)et->result : NO_FD);
	e = event_open(EVENT_IO, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)bpf_get_current_task());
	e->result = et->result;
	e->duration_ns = et->duration_ns;
	e->slept_ns = et->slept_ns;
	for (__u32 i = 0; i < N_EVENT_ARGS; i++)
		e->args[i] = t->args[i];
	e->file = file;
	e->opened = opened;
	e->call = row;
	e->verdict = et->verdict;
	e->unread = event_fd_unread(t->args[0], file.kind);
	event_close(e);
	return 0;
}

/* The running thread closes a descriptor. */
__weak __noinline int event_closes(__u32 fd)
{
	struct task_state *t = task_current();
	struct event_closed *e;
	struct event_file file;

	if (!t || !event_is_of(t, (const void *)bpf_get_current_task()) ||
	    !event_fd_fill(&file, fd))
		return 0;
	e = event_open(EVENT_CLOSED, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)bpf_get_current_task());
	e->file = file;
	event_close(e);
	return 0;
}

static __always_inline __u8 event_operation(__u64 op)
{
	return op == EPOLL_CTL_ADD   ? WORD_OPERATION_ADD
	       : op == EPOLL_CTL_MOD ? WORD_OPERATION_MODIFY
	       : op == EPOLL_CTL_DEL ? WORD_OPERATION_REMOVE
				     : WORD_OPERATION_INVALID;
}

/* epoll_ctl() returned. */
__weak __noinline int event_registration(__u32 row)
{
	struct task_state *t = task_current();
	struct event_task *et = t ? event_task_of(t) : NULL;
	struct event_registration *e;
	struct event_file file;
	struct user_event event = {};

	if (!et || !event_call_is_wanted(EVENT_REGISTRATION, t, et) ||
	    !event_fd_fill(&file, t->args[2]))
		return 0;
	if (t->args[1] != EPOLL_CTL_DEL)
		event_read(&event, t->args[3]);
	e = event_open(EVENT_REGISTRATION, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)bpf_get_current_task());
	e->result = et->result;
	e->data = event.data;
	e->file = file;
	e->epoll = t->args[0];
	e->events = event.events;
	e->verdict = et->verdict;
	e->operation = event_operation(t->args[1]);
	event_close(e);
	return 0;
}

static __always_inline __u8 event_judged(__u32 is)
{
	return is == COUNT_FRESH       ? WORD_JUDGED_FRESH
	       : is == COUNT_REREPORTS ? WORD_JUDGED_AGAIN
	       : is == COUNT_AMBIGUOUS ? WORD_JUDGED_AMBIGUOUS
				       : WORD_JUDGED_UNKNOWN;
}

/* A report of the interest that has this place; none has: of an unknown one. */
__weak __noinline int event_report(__u32 place, __u32 events, __u64 data, __u32 is)
{
	const struct interest *i = interest_at(place);
	struct task_state *t = task_current();
	struct event_report *e;
	struct event_file file;

	if (!t || !event_told_is_wanted(t) || !event_interest_fill(&file, i))
		return 0;
	e = event_open(EVENT_REPORT, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)bpf_get_current_task());
	e->data = data;
	e->file = file;
	e->epoll = t->args[0];
	e->events = events;
	e->judged = event_judged(is);
	event_close(e);
	return 0;
}

/* poll() or select() found a descriptor ready. */
__weak __noinline int event_polled(__u32 fd, __u32 events)
{
	struct task_state *t = task_current();
	struct event_polled *e;
	struct event_file file;

	if (!t || !event_told_is_wanted(t) || !event_fd_fill(&file, fd))
		return 0;
	e = event_open(EVENT_POLLED, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)bpf_get_current_task());
	e->file = file;
	e->events = events;
	e->call = t->row;
	event_close(e);
	return 0;
}
#endif

#endif
