// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Processes that become what is sought while tracing is under way: by a new name, by entering a
 * control group, by listening at a port. Their threads are followed from here on; user space is
 * told of them, and takes in what they have open and the children that they have.
 */
#include "matching.bpf.h"
#include "task.bpf.h"

static __always_inline void arrival_tell(const struct task_struct *leader)
{
	__u64 *alarm;

	process_note(leader);
	alarm = bpf_ringbuf_reserve(&alarms, sizeof(*alarm), 0);
	if (!alarm)
		return; /* others are there that user space has yet to read */
	*alarm = 0;
	bpf_ringbuf_submit(alarm, 0);
}

/* Global, with scalar arguments: verified once and not at each turn of the loop. */
__weak __noinline int thread_arrives(__u64 task)
{
	return task_follow((const void *)task, FRESH_ADOPTED);
}

#define THREADS_PART  64
#define THREADS_PARTS 256 /* the threads of more than so many parts are left to user space */

/* Follows the threads from a place of the list to its end, or gives the place after so many. */
__weak __noinline __u64 threads_arrive_part(__u64 link, __u64 end)
{
	for (__u32 i = 0; i < THREADS_PART && link != end; i++) {
		thread_arrives(link - bpf_core_field_offset(struct task_struct, thread_node));
		link = address_of(READ((const struct list_head *)link, next));
	}
	return link;
}

static __always_inline void threads_arrive(const struct task_struct *leader)
{
	__u64 end = address_of(READ(leader, signal)) +
		    bpf_core_field_offset(struct signal_struct, thread_head);
	__u64 link = address_of(READ((const struct list_head *)end, next));

	for (__u32 part = 0; part < THREADS_PARTS && link != end; part++)
		link = threads_arrive_part(link, end);
}

/* A process that is seen from where user space lives, and is not user space's own. Before it is
 * known where that is, user space has yet to look for those that are there. */
static __always_inline bool is_eligible(const struct task_struct *leader)
{
	__u32 tgid = pid_namespace ? tgid_of(leader) : 0;

	return tgid && tgid != sought.self && !task_is_kernels(leader);
}

static __always_inline int process_arrives(const struct task_struct *leader)
{
	if (task_find(leader) || !is_eligible(leader))
		return 0;
	threads_arrive(leader);
	arrival_tell(leader);
	return 0;
}

/* The name is not in the task yet. A program that is executed gives its name so, too. */
static __always_inline int task_renamed(const struct task_struct *task, const char *name)
{
	return task_leads(task) && names_sought(&sought, name) ? process_arrives(task) : 0;
}

SEC("?tp_btf/task_rename")
int BPF_PROG(on_rename, struct task_struct *task, const char *name)
{
	return task_renamed(task, name);
}

SEC("?tp_btf/task_rename")
int BPF_PROG(on_rename_again, struct task_struct *task, const char *name)
{
	return task_renamed(task, name);
}

/* A process of somebody else's is made under a sought name (which is that of the thread that makes
 * it), or in a control group that is not its maker's. */
static __always_inline int child_arrives(const struct task_struct *task, __u64 flags)
{
	const char *name =
		(const void *)(address_of(task) + bpf_core_field_offset(struct task_struct, comm));

	if (flags & CLONE_THREAD || task_current() || !is_eligible(task))
		return 0;
	if (!names_sought(&sought, name) && !task_groups_sought(&sought, task))
		return 0;
	if (task_follow(task, FRESH_FORKED))
		arrival_tell(task);
	return 0;
}

SEC("?tp_btf/task_newtask")
int BPF_PROG(on_stranger, struct task_struct *task, __u64 flags)
{
	return child_arrives(task, flags);
}

SEC("?tp_btf/task_newtask")
int BPF_PROG(on_stranger_again, struct task_struct *task, __u64 flags)
{
	return child_arrives(task, flags);
}

/* A process moves, or a thread of it. */
static __always_inline int task_enters(const struct task_struct *task, const struct cgroup *group)
{
	return groups_sought(&sought, group) ? process_arrives(READ(task, group_leader)) : 0;
}

SEC("?tp_btf/cgroup_attach_task")
int BPF_PROG(on_enter, struct cgroup *group, const char *path, struct task_struct *task)
{
	return task_enters(task, group);
}

SEC("?tp_btf/cgroup_attach_task")
int BPF_PROG(on_enter_again, struct cgroup *group, const char *path, struct task_struct *task)
{
	return task_enters(task, group);
}

/* The running process begins to listen; the state of its socket is the old one yet. */
static __always_inline int socket_listens(const struct sock *sk, int after)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();

	if (after != TCP_LISTEN || !ports_sought(&sought, sk, sought.net))
		return 0;
	return process_arrives(READ(task, group_leader));
}

SEC("?tp_btf/inet_sock_set_state")
int BPF_PROG(on_listen, struct sock *sk, int before, int after)
{
	return socket_listens(sk, after);
}

SEC("?tp_btf/inet_sock_set_state")
int BPF_PROG(on_listen_again, struct sock *sk, int before, int after)
{
	return socket_listens(sk, after);
}
