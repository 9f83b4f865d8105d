/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The tasks of the target: their state, their numbers, and whether the running one is of them. */
#ifndef WAKELAB_TASK_BPF_H
#define WAKELAB_TASK_BPF_H

#include "counting.bpf.h"
#include "cpu.bpf.h"
#include "places.bpf.h"

static __always_inline struct task_state *task_find(const void *task)
{
	__u64 key = (__u64)task;
	__u32 *place = bpf_map_lookup_elem(&tasks, &key);

	return place ? task_at(*place) : NULL;
}

/* The tid of a task where user space lives; 0 if it lives in no namespace that is seen from there.
 * Global, and with a scalar argument: verified once. */
__weak __noinline __u32 tid_of(__u64 task)
{
	__u64 ns;
	__u32 nr;

	if (!pid_level)
		return READ((const struct task_struct *)task, pid);
	nr = pid_at((const struct task_struct *)task, pid_level, &ns);
	return ns == pid_namespace ? nr : 0;
}

/* The same of its process. */
static __always_inline __u32 tgid_of(const struct task_struct *task)
{
	return tid_of(address_of(READ(task, group_leader)));
}

/*
 * A task's state, NULL if it is not the target's; for one that runs on this CPU, or is about to.
 * The latter answer is most hooks' whole work on a busy machine. So each CPU remembers the last
 * stranger, until another task is taken in; and the last place, in which stands whose it is.
 */
static __always_inline struct task_state *task_of_cpu(struct cpu_state *cpu, __u64 key)
{
	__u64 now = follows;
	struct task_state *t;
	__u32 *place;

	if (cpu->stranger == key && cpu->follows == now)
		return NULL;
	t = task_at(cpu->place);
	if (t && t->task == key)
		return t;
	place = bpf_map_lookup_elem(&tasks, &key);
	if (place) {
		cpu->place = *place;
		return task_at(*place);
	}
	cpu->stranger = key;
	cpu->follows = now;
	return NULL;
}

/* The state of this task, which is the running one; NULL if it is not the target's. */
static __always_inline struct task_state *task_running(const struct task_struct *task)
{
	struct cpu_state *cpu = cpu_current();

	return cpu ? task_of_cpu(cpu, (__u64)task) : NULL;
}

/* The same of whichever task runs. */
static __always_inline struct task_state *task_current(void)
{
	return task_running((const void *)bpf_get_current_task());
}

/* Takes a task in; one that was there already starts anew. */
static __always_inline bool task_follow(const struct task_struct *task)
{
	__u64 key = address_of(task);
	__u32 *had = bpf_map_lookup_elem(&tasks, &key);
	__u32 place = had ? *had : place_take(&free_tasks, &tasks_used);
	struct task_state *t = task_at(place);

	if (t) {
		__builtin_memset(t, 0, sizeof(*t));
		t->stats.key.start = READ(task, start_time);
		t->stats.key.tid = tid_of(key);
		t->stats.tgid = tgid_of(task);
		*(volatile __u64 *)&t->task = key; /* whoever finds that finds the rest, too */
		if (!bpf_map_update_elem(&tasks, &key, &place, BPF_ANY)) {
			__sync_fetch_and_add(&follows, 1);
			return true;
		}
		t->task = 0;
		bpf_map_push_elem(&free_tasks, &place, BPF_ANY);
	}
	count(COUNT_LOST_TASKS, 1);
	return false;
}

/* The kernel is done with a task. */
static __always_inline void task_forget(const struct task_struct *task)
{
	__u64 key = (__u64)task;
	__u32 *had = bpf_map_lookup_elem(&tasks, &key), place;
	struct task_state *t = had ? task_at(*had) : NULL;

	if (!had || !t)
		return;
	place = *had;
	t->task = 0;
	if (!bpf_map_delete_elem(&tasks, &key))
		bpf_map_push_elem(&free_tasks, &place, BPF_ANY);
}

/* The thread's row, for good. */
static __always_inline void thread_keep(const struct task_state *t, const struct task_struct *task)
{
	struct thread_stats row = t->stats, *others;
	struct thread_key none = {};

	if (!row.v[COUNT_WAKES] && !row.v[COUNT_SLEEPS])
		return;
	BPF_CORE_READ_STR_INTO(&row.comm, task, comm);
	if (!bpf_map_update_elem(&threads, &row.key, &row, BPF_ANY))
		return;
	others = bpf_map_lookup_elem(&threads, &none);
	for (__u32 n = 0; others && n < N_THREAD_COUNTS; n++)
		__sync_fetch_and_add(&others->v[n], row.v[n]);
}

#endif
