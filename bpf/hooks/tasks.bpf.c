// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Tasks of the target begin and end; those that it has already are in adoption.bpf.c. */
#include "calls.bpf.h"
#include "registrations.bpf.h"
#include "sigio.bpf.h"

/* Fires for fork, clone and io_uring's kernel-side workers, before the child can run. */
static __always_inline int task_begins(const struct task_struct *task)
{
	if (task_current())
		task_follow(task, FRESH_FORKED);
	return 0;
}

SEC("?tp_btf/task_newtask")
int BPF_PROG(on_newtask, struct task_struct *task)
{
	return task_begins(task);
}

#define NEWEST_MAX 16 /* tasks that others may have made meanwhile */

struct newtask_event { /* events/task/task_newtask/format in tracefs */
	__u64 common;
	int pid;
	char comm[COMM_LEN];
	unsigned long flags;
};

/* The task of that number among the newest of a list, in which each has its place at offset. */
static __always_inline struct task_struct *newest(const struct list_head *last, __u64 offset,
						  int pid)
{
	for (int i = 0; i < NEWEST_MAX; i++) {
		struct task_struct *task = (void *)((__u64)last - offset);

		if (READ(task, pid) == pid)
			return task;
		last = READ(last, prev);
	}
	return NULL;
}

/* The record has only a number; the task is in the lists already (kernel/fork.c, copy_process()).
 */
SEC("?tp/task/task_newtask")
int on_newtask_steady(const struct newtask_event *event)
{
	const struct task_struct *parent = (const void *)bpf_get_current_task();
	const struct task_struct *task;

	if (!task_current())
		return 1;
	if (event->flags & CLONE_THREAD)
		task = newest(READ(parent, signal, thread_head.prev),
			      bpf_core_field_offset(struct task_struct, thread_node), event->pid);
	else
		task = newest(READ(parent, children.prev),
			      bpf_core_field_offset(struct task_struct, sibling), event->pid);
	if (task)
		task_begins(task);
	return 1;
}

/* Nobody of the running process, which ends, will take any more what it left behind. */
__weak __noinline int stall_ends(__u64 object, __u64 index, __u32 tgid, int last)
{
	struct watcher *w = watcher_find(object, index);
	struct interest *i = w ? interest_in(object, w->place) : NULL;
	const struct stall *s = i && i->stalled ? bpf_map_lookup_elem(&stalls, &i->key) : NULL;

	if (s && s->tgid == tgid)
		stall_end_gone(&i->key, i);
	if (i && last)
		waiting_end_gone(&i->key, i, true);
	return 0;
}

__weak __noinline int stalls_end_part(__u64 object, __u32 from, __u32 n, __u32 tgid, int last)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		stall_ends(object, from + i, tgid, last);
	return 0;
}

__weak __noinline int stalls_end(__u64 object, __u32 tgid, int last)
{
	const struct sock_state *s = object_find(object);

	if (s)
		FOR_EACH_PART(stalls_end_part, object, s, 0, tgid, last);
	return 0;
}

/* The last descriptor of a socket goes with its process: nothing need be kept of it but what is
 * registered with epoll, which is shown to the end. */
__weak __noinline int file_ends(__u32 fd)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct file *file = file_of(task, fd);
	__u64 sock = address_of(sock_of_file(file)), object = sock ? sock : address_of(file);
	const struct sock_state *s = object ? object_find(object) : NULL;
	int last;

	if (!s)
		return 0;
	last = file_is_unshared(file);
	barrier_var(last); /* else what this kernel has not is looked for ahead of the loop */
	if (s->left)
		stalls_end(object, tgid_of(task), last);
	if (s->listens && last)
		backlog_end(object);
	if (sock && s->watchers == s->holes && last)
		bpf_map_delete_elem(&sockets, &sock);
	return 0;
}

__weak __noinline int files_end_part(__u32 from, __u32 n)
{
	for (__u32 i = 0; i < FILES_PART && from + i < n; i++)
		file_ends(from + i);
	return 0;
}

/* The running task is the last of its process, and closes what that has open (kernel/exit.c,
 * exit_files(), comes behind sched_process_exit); unless other processes have the same table. */
static __always_inline void files_end(const struct task_struct *task)
{
	__u32 n = READ(task, files, fdt, max_fds), tgid = tgid_of(task);

	if (READ(task, files, count.counter) > READ(task, signal, nr_threads))
		return;
	keeper_walk(address_of(task), tgid, stall_ns);
	bpf_map_delete_elem(&keepers, &tgid);
	for (__u32 part = 0; part < FILES_PARTS && part * FILES_PART < n; part++)
		files_end_part(part * FILES_PART, n);
}

/* What is kept of it takes much of the stack: apart from what its files take. */
__weak __noinline int thread_ends(__u64 address)
{
	const struct task_struct *task = (const void *)address;
	const struct task_state *t = task_find(task);

	if (t)
		thread_keep(t, task);
	return 0;
}

static __always_inline int task_ends(struct task_struct *task)
{
	struct task_state *t = task_find(task);

	if (!t || !t->stats.key.tid)
		return 0;
	call_abandon(t);
	left_trim(t, 0);
	thread_ends(address_of(task));
	if (process_ended(task)) {
		signals_end(t->stats.tgid);
		if (watches_sockets)
			files_end(task);
	}
	t->stats.key.tid = 0; /* its row is in threads from here on */
	return 0;
}

SEC("?tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	return task_ends(task);
}

/* The thread that ends is the running one. */
SEC("?tp/sched/sched_process_exit")
int on_exit_steady(const void *event)
{
	task_ends((void *)bpf_get_current_task());
	return 1;
}

SEC("?tp_btf/sched_process_free")
int BPF_PROG(on_free, struct task_struct *task)
{
	task_forget(task);
	return 0;
}

SEC("?tp_btf/sched_process_free")
int BPF_PROG(on_free_again, struct task_struct *task)
{
	task_forget(task);
	return 0;
}
