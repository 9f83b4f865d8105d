/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Hand-offs: a thread is told of a socket for once (edge-triggered, or EPOLLONESHOT), does no I/O,
 * and waits on; another thread reads. docs/metrics.md, "Wake ledger".
 *
 * If the socket has not been read by then, the verdict on the wake waits for its reader, in the
 * interest. The reader empties the socket, or makes itself the interest's holder, and looks for
 * such wakes then; the thread that waits on enters its wake first and looks for a reader then. So
 * one of the two finds the other.
 */
#ifndef WAKELAB_HANDOFFS_BPF_H
#define WAKELAB_HANDOFFS_BPF_H

#include "socket.bpf.h"
#include "task.bpf.h"
#include "telling.bpf.h"

/* Where events are told, it is a function of its own: those that lead to it have no room left. */
#ifdef EVENTS
#define APART_FOR_EVENTS __noinline
#else
#define APART_FOR_EVENTS __always_inline
#endif

/* The wakes of a task that wait for this interest have their verdict. Those of a thread that ended
 * stay pending: its row is closed. */
static APART_FOR_EVENTS void handoff_settle(struct interest *i, __u64 task, enum counter verdict)
{
	struct task_state *t;
	__u32 n;

	if (!i->handed)
		return;
	t = task_of_id(task);
	n = exchange(&i->handed, 0);
	if (t && t->stats.key.tid) {
		thread_count(t, verdict, n);
		tell_proved(t, verdict == COUNT_HANDED ? WORD_PROVED_HANDED : WORD_PROVED_WASTED, n,
			    0);
	}
}

/* The running thread, of that id, has read of what was told: whoever was told of it handed it on,
 * or kept it. */
static __always_inline void handoff_read(struct interest *i, __u64 task)
{
	__u64 holder = i->holder;

	if (holder != task) {
		i->listed = 0;
		i->holder = task;
		full_barrier(&i->holder);
	}
	handoff_settle(i, holder, holder == task ? COUNT_WASTED : COUNT_HANDED);
}

static __always_inline bool handoff_is_taken(const struct interest *i, __u64 task)
{
	return i->holder != task || !sock_unread((const void *)i->sock);
}

/*
 * The running thread was offered an interest, did no I/O and waits on. Gives false if the interest
 * is no more; else the verdict is in, or will be with the next read. Global, and with scalar
 * arguments: verified once.
 */
__weak __noinline int handoff_await(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);
	struct task_state *t = task_current();

	if (!i || !t)
		return false;
	if (handoff_is_taken(i, t->id)) {
		thread_count(t, COUNT_HANDED, 1);
		tell_judged(t, WORD_PROVED_HANDED);
		return true;
	}
	__sync_fetch_and_add(&i->handed, 1);
	full_barrier(&i->holder);
	if (handoff_is_taken(i, t->id))
		handoff_settle(i, t->id, COUNT_HANDED);
	return true;
}

#endif
