// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The scheduler's side: the target's threads fall asleep, are woken and run again. */
#include "busy.bpf.h"
#include "file.bpf.h"
#include "rearms.bpf.h"
#include "unsent.bpf.h"
#include "wakes.bpf.h"

/* For a call that waits on one socket, whether that is the one that became ready. */
static __always_inline bool wake_is_for(const struct task_struct *task, const struct task_state *t,
					__u64 sock)
{
	if (t->class != CLASS_IO)
		return true;
	return (__u64)sock_of_file(file_of(task, t->args[0])) == sock;
}

/* Since when what woke the thread was ready, if the wake comes out of the readiness announced on
 * this CPU: in the same context, with no context switch between (on_switch forgets it), and during
 * this call. Else 0. */
static __always_inline __u64 wake_ready(const struct task_struct *task, const struct task_state *t)
{
	struct cpu_state *cpu = cpu_current();

	if (!cpu || cpu->ready < t->entered || cpu->task != bpf_get_current_task() ||
	    cpu->context != context(cpu) || !wake_is_for(task, t, cpu->source))
		return 0;
	return cpu->ready;
}

static __always_inline bool signal_is_pending(const struct task_struct *task)
{
	unsigned long pending = READ(task, pending.signal.sig[0]) |
				READ(task, signal, shared_pending.signal.sig[0]);

	return pending & ~READ(task, blocked.sig[0]);
}

SEC("?tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct *task)
{
	struct task_state *t = task_find(task);
	enum waker_context from;

	if (!t)
		return 0;
	from = waker_context(cpu_current());
	if (from == WAKER_TASK)
		wakes_hand(t);
	if (!t->waiting)
		return 0;
	t->last.ready = wake_ready(task, t);
	t->last.cause = t->last.ready             ? CAUSE_DATA
			: signal_is_pending(task) ? CAUSE_SIGNAL
						  : CAUSE_UNKNOWN;
	t->last.waking = bpf_ktime_get_ns();
	__sync_fetch_and_add(&t->wakes, 1);
	thread_count(t, COUNT_WAKES, 1);
	waker_count(from);
	tell_wake(task, from);
	return 0;
}

SEC("?tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct cpu_state *cpu = cpu_current();
	struct task_state *t;
	__u32 state;

	if (!cpu)
		return 0;
	cpu->ready = 0;
	t = task_of_cpu(cpu, prev);
	state = t && t->row && !preempt ? task_sleep_state(prev) : 0;
	if (t)
		turn_leaves(t, state);
	if (state) {
		wakes_sleep(t);
		if (compares_levels && state & TASK_INTERRUPTIBLE) /* not over a lock */
			t->slept = bpf_ktime_get_ns();
		if (t->class == CLASS_MUX)
			stalls_look(t);
		if (watches_sockets)
			unsent_look(t);
	}
	t = task_of_cpu(cpu, next);
	if (t)
		turn_goes_on(t);
	if (t && t->asleep)
		wakes_run(t, bpf_ktime_get_ns());
	return 0;
}
