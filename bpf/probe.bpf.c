// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Asks the kernel what only a running program can find out. An object of its own, without maps to
 * make room for: it is loaded, run once and gone before the others are loaded. */
#include "compat.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __s64 preempt_count_distance;

__u32 prober; /* the thread that asks, as it knows itself */
/* How deep preemption is off inside a program on a tracepoint; and where it is off for certain,
 * which is 0 only in a kernel that is never preempted, and therefore does not count. */
__u32 preempt_disabled;
__u32 preempt_counted;
bool switched; /* both have been asked */
bool answered;

static __always_inline __u32 preempt_depth(void)
{
	__u64 address = preempt_count_address((const void *)bpf_get_current_task());

	return read_half(address) & PREEMPT_BITS;
}

static __always_inline bool is_prober(void)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	__u64 ns;

	return pid_at(task, pid_level_of(task), &ns) == prober;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(probe_call)
{
	if (is_prober())
		preempt_disabled = preempt_depth();
	return 0;
}

/* The lock of the run queue is held. */
SEC("tp_btf/sched_switch")
int BPF_PROG(probe_switch)
{
	if (!is_prober())
		return 0;
	preempt_counted = preempt_depth();
	answered = preempt_count_address((const void *)bpf_get_current_task());
	switched = true;
	return 0;
}
