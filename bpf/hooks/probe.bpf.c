// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Asks the kernel what only a running program can find out. An object of its own, without maps to
 * make room for: it is loaded, run once and gone before the others are loaded. */
#include "compat.bpf.h"
#include "events.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __s64 preempt_count_distance;

__u32 prober; /* the thread that asks, as it knows itself */
/* How deep preemption is off inside a program on a tracepoint; and where it is off for certain,
 * which is 0 only in a kernel that is never preempted, and therefore does not count. */
__u32 preempt_disabled;
__u32 preempt_counted;
bool switched; /* both have been asked */
bool answered;

/*
 * The kernel's list of events, which is a ring, from the one that the prober opened last and on:
 * some at each of its system calls, when it has taken those before and set n_told to 0.
 */
bool tells_events; /* set by the prober; false again when all of them were told */
__u32 n_told;
struct event_told told[EVENTS_AT_ONCE];
static const struct list_head *first_event, *next_event;

static __always_inline __u32 preempt_depth(void)
{
	__u64 address = preempt_count_address((const void *)bpf_get_current_task(),
					      &preempt_count_distance);

	return read_half(address) & PREEMPT_BITS;
}

static __always_inline bool is_prober(void)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	__u64 ns;

	return pid_at(task, pid_level_of(task), &ns) == prober;
}

static __always_inline const struct list_head *newest_event(void)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct perf_event *event =
		container_of(READ(task, perf_event_list.prev), struct perf_event, owner_entry);

	return &READ(event, tp_event)->list;
}

/* In the place of the list's head, and of an event that is no tracepoint, stands what is none of
 * the names that are looked for. */
static __always_inline void tell_event(struct event_told *to, const struct trace_event_call *call)
{
	to->id = READ(call, event.type);
	bpf_probe_read_kernel_str(to->system, sizeof(to->system), READ(call, class, system));
	bpf_probe_read_kernel_str(to->name, sizeof(to->name), READ(call, tp, name));
}

static __always_inline void tell_events(void)
{
	if (!next_event)
		next_event = first_event = newest_event();
	for (__u32 i = 0; i < EVENTS_AT_ONCE && tells_events; i++) {
		tell_event(&told[i], container_of(next_event, struct trace_event_call, list));
		n_told = i + 1;
		next_event = READ(next_event, next);
		tells_events = next_event && next_event != first_event;
	}
}

SEC("tp_btf/sys_enter")
int BPF_PROG(probe_call)
{
	if (!is_prober())
		return 0;
	preempt_disabled = preempt_depth();
	if (tells_events && !n_told)
		tell_events();
	return 0;
}

/* The lock of the run queue is held. */
SEC("tp_btf/sched_switch")
int BPF_PROG(probe_switch)
{
	if (!is_prober())
		return 0;
	preempt_counted = preempt_depth();
	answered = preempt_count_address((const void *)bpf_get_current_task(),
					 &preempt_count_distance);
	switched = true;
	return 0;
}
