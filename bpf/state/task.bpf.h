/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The tasks of the target: their state, their numbers, and whether the running one is of them. */
#ifndef WAKELAB_TASK_BPF_H
#define WAKELAB_TASK_BPF_H

#include "counting.bpf.h"
#include "cpu.bpf.h"
#include "places.bpf.h"

/*
 * Whether a place has this task. Its address does not tell by itself: the kernel does not show the
 * end of every task (sched_process_free, on 6.18), and another task may live there tomorrow. When
 * it started tells: of a thread that executes a program in the place of its group's leader it
 * becomes when that one started (fs/exec.c, de_thread()).
 */
static __always_inline bool task_is_at(const struct task_state *t, const struct task_struct *task)
{
	__u64 start = READ(task, start_time);

	return start == t->stats.key.start || start == t->process_start;
}

static __always_inline struct task_state *task_find(const void *task)
{
	__u64 key = (__u64)task;
	__u32 *place = bpf_map_lookup_elem(&tasks, &key);
	struct task_state *t = place ? task_at(*place) : NULL;

	return t && task_is_at(t, task) ? t : NULL;
}

/* A task by its id; NULL if its place is another's by now. */
static __always_inline struct task_state *task_of_id(__u64 id)
{
	struct task_state *t = task_at(id);

	return t && t->id == id ? t : NULL;
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
static __always_inline struct task_state *task_of_cpu(struct cpu_state *cpu,
						      const struct task_struct *task)
{
	__u64 now = follows, key = (__u64)task;
	struct task_state *t;
	__u32 *place;

	if (cpu->stranger == key && cpu->follows == now)
		return NULL;
	t = task_at(cpu->place);
	if (t && t->task == key && task_is_at(t, task))
		return t;
	place = bpf_map_lookup_elem(&tasks, &key);
	t = place ? task_at(*place) : NULL;
	if (place && t && task_is_at(t, task)) {
		cpu->place = *place;
		return t;
	}
	cpu->stranger = key;
	cpu->follows = now;
	return NULL;
}

/* The state of this task, which is the running one; NULL if it is not the target's. */
static __always_inline struct task_state *task_running(const struct task_struct *task)
{
	struct cpu_state *cpu = cpu_current();

	return cpu ? task_of_cpu(cpu, task) : NULL;
}

/* The same of whichever task runs. */
static __noinline struct task_state *task_current(void)
{
	return task_running((const void *)bpf_get_current_task());
}

/* Gives a task's place back. Two may want to at the same time: one of them does. */
static __always_inline void task_leave(struct task_state *t)
{
	__u64 id = *(volatile __u64 *)&t->id, key = t->task;
	__u32 place = id;

	if (!take_out(&t->held, id >> 32))
		return;
	t->task = 0;
	bpf_map_delete_elem(&tasks, &key);
	bpf_map_push_elem(&free_tasks, &place, BPF_ANY);
}

/* The kernel is done with a task. */
static __always_inline void task_forget(const struct task_struct *task)
{
	struct task_state *t = task_find(task);

	if (t)
		task_leave(t);
}

#define CLONE_THREAD 0x00010000 /* include/uapi/linux/sched.h */

#define EXIT_DEAD                                                                                  \
	0x10 /* include/linux/sched.h: its parent has taken note, and no signal reaches it */

/* Looks at the next place: one whose task ended, and whose end the kernel did not show, is given
 * back. So with every task that begins a place is looked at, and none is lost for long. */
static __always_inline void task_look(void)
{
	__u32 used = *(volatile __u32 *)&tasks_used;
	struct task_state *t = used ? task_at(next_number(&next_look) % used) : NULL;
	const struct task_struct *task;

	if (!t || !t->task || t->stats.key.tid)
		return;
	task = (const void *)t->task;
	if (!task_is_at(t, task) || READ(task, exit_state) & EXIT_DEAD)
		task_leave(t);
}

/* Fills in a place that nobody has; gives the place. */
static __always_inline struct task_state *task_place(const struct task_struct *task,
						     enum fresh fresh)
{
	__u32 place = place_take(&free_tasks, &tasks_used);
	struct task_state *t = task_at(place);

	if (!t)
		return NULL;
	__builtin_memset(t, 0, sizeof(*t));
	t->stats.key.start = READ(task, start_time);
	t->stats.key.tid = tid_of(address_of(task));
	t->stats.tgid = tgid_of(task);
	t->fresh = fresh;
	t->process_start = READ(task, group_leader, start_time);
	t->held = next_number(&next_task) + 1;
	t->id = (__u64)t->held << 32 | place;
	t->moves = t->held << 16; /* of no other thread, for long */
	return t;
}

/*
 * Takes a task in, unless it is in already; gives whether it did. A task that begins is seen by
 * nobody before it runs, and the scheduler orders that behind what is written here. One that is
 * adopted may run meanwhile: the hash leads to the place only when it is filled in, and the place
 * a CPU remembers has no call in flight from the task before, so whatever is seen of it too early
 * counts as nothing.
 *
 * Only one place is published for a task (BPF_NOEXIST), however many take it in at the same time.
 */
static __always_inline bool task_follow(const struct task_struct *task, enum fresh fresh)
{
	__u64 key = address_of(task);
	__u32 *had = bpf_map_lookup_elem(&tasks, &key), place;
	struct task_state *t = had ? task_at(*had) : NULL;

	if (t && task_is_at(t, task))
		return false;
	if (t) /* of a task that lived here before */
		task_leave(t);
	task_look();
	t = task_place(task, fresh);
	if (t) {
		place = t->id;
		t->task = key;
		if (!bpf_map_update_elem(&tasks, &key, &place, BPF_NOEXIST)) {
			__sync_fetch_and_add(&follows, 1);
			return true;
		}
		t->task = 0;
		t->held = 0;
		bpf_map_push_elem(&free_tasks, &place, BPF_ANY);
		if (task_find(task))
			return false;
	}
	count(COUNT_LOST_TASKS, 1);
	return false;
}

/* A process that was taken in while tracing is under way: user space has yet to look at what it has
 * open. */
static __always_inline void process_note(const struct task_struct *task)
{
	__u32 tgid = tgid_of(task);

	if (bpf_map_push_elem(&arrivals, &tgid, BPF_ANY))
		count(COUNT_LOST_INTERESTS, 1);
}

/* The thread's row, for good. */
static __always_inline void thread_keep(const struct task_state *t, const struct task_struct *task)
{
	struct thread_stats row = t->stats, *others;
	struct thread_key none = {};
	__u64 any = 0;

	for (__u32 n = 0; n < N_THREAD_COUNTS; n++)
		any |= row.v[n];
	if (!any)
		return;
	BPF_CORE_READ_STR_INTO(&row.comm, task, comm);
	if (!bpf_map_update_elem(&threads, &row.key, &row, BPF_ANY))
		return;
	others = bpf_map_lookup_elem(&threads, &none);
	for (__u32 n = 0; others && n < N_THREAD_COUNTS; n++)
		__sync_fetch_and_add(&others->v[n], row.v[n]);
}

#endif
