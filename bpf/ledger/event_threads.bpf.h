/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Events of threads: wakes and signals; like those of calls. */
#ifndef WAKELAB_EVENT_THREADS_BPF_H
#define WAKELAB_EVENT_THREADS_BPF_H

#include "event_files.bpf.h"
#include "siginfo.bpf.h"

#ifdef EVENTS
/* Who wakes a thread, for the wait that this ends. */
static __always_inline void event_waker_note(const struct task_state *t, __u32 from)
{
	const struct task_struct *waker = (const void *)bpf_get_current_task();
	struct event_task *et = event_task_of(t);

	if (!et)
		return;
	et->woken_by = from;
	et->waker_tid = from == WAKER_TASK ? tid_of(bpf_get_current_task()) : 0;
	BPF_CORE_READ_STR_INTO(&et->waker_comm, waker, comm);
}

/* A thread of the target is woken right now. */
__weak __noinline int event_wake(__u64 woken, __u32 from)
{
	struct task_state *t = task_find((const void *)woken);
	const struct task_struct *waker = (const void *)bpf_get_current_task();
	struct event_wake *e;

	if (!t)
		return 0;
	event_waker_note(t, from);
	if (!event_is_wanted(EVENT_WAKE) || event_is_narrow() ||
	    !event_is_of(t, (const void *)woken))
		return 0;
	e = event_open(EVENT_WAKE, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)woken);
	e->ready_ns = t->last.ready ? t->last.waking - t->last.ready : 0;
	e->waker_tid = from == WAKER_TASK ? tid_of(bpf_get_current_task()) : 0;
	BPF_CORE_READ_STR_INTO(&e->waker_comm, waker, comm);
	e->woken_by = from;
	e->cause = t->last.cause == CAUSE_DATA     ? WORD_CAUSE_DATA
		   : t->last.cause == CAUSE_SIGNAL ? WORD_CAUSE_SIGNAL
						   : WORD_CAUSE_UNSEEN;
	event_close(e);
	return 0;
}

/* What so many wakes of the task of that id led to, in its words; since is when that wake was, 0:
 * it is not known. */
__weak __noinline int event_proved(__u64 id, __u32 outcome, __u32 wakes, __u64 since)
{
	struct task_state *t = task_of_id(id);
	const struct task_struct *task = t ? (const void *)t->task : NULL;
	struct event_proved *e;

	if (!task || event_is_narrow() || !event_is_of(t, task))
		return 0;
	e = event_open(EVENT_PROVED, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, task);
	e->woken_ns = since && wakes == 1 ? e->head.time - since : 0;
	e->wakes = wakes;
	e->outcome = outcome;
	event_close(e);
	return 0;
}

/* A signal was generated for a thread of the target. */
__weak __noinline int event_raise(__u64 target, __u32 signal, __u32 result, __u64 info)
{
	struct task_state *t = task_find((const void *)target);
	const struct task_struct *sender = (const void *)bpf_get_current_task();
	__s32 code = signal_code(info);
	struct event_raise *e;

	if (!t || event_is_narrow() || !event_is_of(t, (const void *)target))
		return 0;
	e = event_open(EVENT_RAISE, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)target);
	e->sender_tid = SIGNAL_IS_UNSENT(code) ? 0 : tid_of(bpf_get_current_task());
	BPF_CORE_READ_STR_INTO(&e->sender_comm, sender, comm);
	e->code = code;
	e->signal = signal;
	e->raised = result;
	event_close(e);
	return 0;
}

/* The running thread took a signal. */
__weak __noinline int event_take(__u32 signal, __u32 how)
{
	struct task_state *t = task_current();
	struct event_take *e;

	if (!t || event_is_narrow() || !event_is_of(t, (const void *)bpf_get_current_task()))
		return 0;
	e = event_open(EVENT_TAKE, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)bpf_get_current_task());
	e->signal = signal;
	e->taken = how;
	event_close(e);
	return 0;
}
#endif

#endif
