/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The tasks of the target: their state, their numbers, and whether the running one is of them. */
#ifndef WAKELAB_TASKS_BPF_H
#define WAKELAB_TASKS_BPF_H

#include "counting.bpf.h"
#include "cpus.bpf.h"

/* The PID namespace of user space, and its level. Every pid and tid that is kept is one there. */
extern __u64 pid_namespace;
extern __u32 pid_level;

/* How often a task was taken in. */
extern __u64 follows;

static __always_inline struct task_state *task_find(const void *task)
{
	__u64 key = (__u64)task;

	return bpf_map_lookup_elem(&tasks, &key);
}

/* The tid of a task where user space lives; 0 if it lives in no namespace that is seen from there.
 * Global, and with a scalar argument: verified once. */
__weak __noinline __u32 tid_of(__u64 task)
{
	__u64 ns;
	__u32 nr;

	if (!pid_level)
		return BPF_CORE_READ((const struct task_struct *)task, pid);
	nr = pid_at((const struct task_struct *)task, pid_level, &ns);
	return ns == pid_namespace ? nr : 0;
}

/* The same of its process. */
static __always_inline __u32 tgid_of(const struct task_struct *task)
{
	return tid_of((__u64)BPF_CORE_READ(task, group_leader));
}

/* The running task's state, NULL if it is not the target's. That answer is most hooks' whole work
 * on a busy machine, so each CPU remembers it for the last stranger, until another task is taken
 * in. */
static __always_inline struct task_state *task_current(void)
{
	struct cpu_state *cpu = cpu_current();
	__u64 key = bpf_get_current_task(), now = follows;
	struct task_state *t;

	if (!cpu || (cpu->stranger == key && cpu->follows == now))
		return NULL;
	t = bpf_map_lookup_elem(&tasks, &key);
	if (!t) {
		cpu->stranger = key;
		cpu->follows = now;
	}
	return t;
}

/* Takes a task in; one that was there already starts anew. */
static __always_inline bool task_follow(const struct task_struct *task)
{
	struct task_state fresh = {
		.stats = {.key = {.start = BPF_CORE_READ(task, start_time),
				  .tid = tid_of(address_of(task))},
			  .tgid = tgid_of(task)},
	};
	__u64 key = (__u64)task;

	if (!bpf_map_update_elem(&tasks, &key, &fresh, BPF_ANY)) {
		__sync_fetch_and_add(&follows, 1);
		return true;
	}
	count(COUNT_LOST_TASKS, 1);
	return false;
}

#endif
