// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The target: which tasks belong to it, from the first to the last. */
#include "calls.bpf.h"
#include "registrations.bpf.h"
#include "signals.bpf.h"
#include "turns.bpf.h"

__u8 listen_ports[65536];
__u64 file_ops[N_FILE_KINDS];
bool compares_levels, compares_room, compares_counts;
__u64 follows;
__u32 epolls_used;
__u32 tasks_used;
__u32 interests_used;
__s64 stalls_open;
__u32 stalls_watched;
const volatile __u64 stall_ns;
const volatile __s64 preempt_count_distance;
const volatile bool preemptible;
const volatile bool pairs;
const volatile bool watches_interests;
const volatile bool watches_sockets;
const volatile bool sees_ready;
const volatile bool sees_callbacks;
const volatile bool receives_at_exit;
const volatile bool steady;

char LICENSE[] SEC("license") = "Dual BSD/GPL";

__u64 pid_namespace;
__u32 pid_level;

/* The process that the adopt programs look for. */
__u32 adopt_tgid;
/* Whether they take in the children of what is followed already, too. */
bool adopt_children;
/* How many tasks it had at the last pass, and how many were taken in that were not there before. */
__u64 adopt_found;
__u64 adopted;

/* An iterator runs in the task that reads it: user space's. */
static __always_inline void namespace_note(void)
{
	const struct task_struct *reader = (const void *)bpf_get_current_task();

	pid_level = pid_level_of(reader);
	pid_at(reader, pid_level, &pid_namespace);
}

/* Of a process that is followed; the reader is nobody's: it would trace its own tracing. */
static __always_inline bool is_child(const struct task_struct *task)
{
	return task_find(READ(task, real_parent)) &&
	       (__u32)READ(task, tgid) != bpf_get_current_pid_tgid() >> 32;
}

/* Takes in the tasks of a process that exists already; user space reads through the iterator until
 * a pass adopts none. Forks of those taken in are seen by task_newtask. */
SEC("iter/task")
int adopt_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (!task)
		return 0;
	namespace_note();
	if (tgid_of(task) == adopt_tgid)
		adopt_found++;
	else if (!adopt_children || !is_child(task))
		return 0;
	if (!task_find(task) && task_follow(task))
		adopted++;
	return 0;
}

/* Descriptors that user space opened to show what files of these kinds look like; -1: none. */
__s32 samples[N_FILE_KINDS];

/* Learns from them. Run by user space, in the task that opened them. */
SEC("raw_tp")
int learn_files(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct file *file;

	for (__u32 kind = FIRST_LEARNED_FILE; kind < N_FILE_KINDS; kind++) {
		file = samples[kind] < 0 ? NULL : file_of(task, samples[kind]);
		if (file)
			file_ops[kind] = (__u64)READ(file, f_op);
	}
	return 0;
}

#define ADOPT_PASS 64 /* closed descriptors that one run steps over */

struct adopted_file adopted_file;

static __always_inline void unread_note(const struct task_struct *task, const struct sock *sk)
{
	struct stall row = {.fd = adopted_file.fd};
	__u32 unit;

	row.unread = sock_unread(sk, &unit);
	row.unit = unit;
	row.tgid = tgid_of(task);
	stall_peer(&row, sk);
	adopted_file.unread = row;
}

/* Takes in a socket. One that was closed meanwhile is let go again: its end was seen before it was
 * known. */
static __always_inline void sock_adopt(const struct task_struct *task, const struct file *file)
{
	const struct sock *sk = sock_of_file(file);
	bool known = sk && sock_find(sk);

	if (!sk)
		return;
	sock_follow(sk, true);
	if (address_of(file_of(task, adopted_file.fd)) == address_of(file))
		unread_note(task, sk);
	else if (!known)
		sock_forget(sk);
}

/* Whether a descriptor is open. Global, with scalar arguments: verified once and not at each turn
 * of the loop. */
__weak __noinline int fd_is_open(__u64 task, __u32 fd)
{
	return file_of((const void *)task, fd) != NULL;
}

/*
 * Takes in the next file that the target has open already: of the table of a task, from that
 * descriptor on. Run by user space, with the arguments in this order, as often as it says that
 * there is more.
 *
 * An iterator (iter/task_file) would be shorter, but it holds each file that it shows, and lets go
 * when its reader returns from read(): what the target closes meanwhile stays open for that long,
 * its epoll instances go on to report it (epoll(7), Q6), and a server may have freed what their
 * data points to.
 */
SEC("raw_tp")
int adopt_file(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	const struct file *file;
	__u32 fd = ctx->args[1];

	__builtin_memset(&adopted_file, 0, sizeof(adopted_file));
	if (!task_find(task))
		return 0;
	for (__u32 n = 0; n < ADOPT_PASS && !fd_is_open(ctx->args[0], fd); n++)
		fd++;
	file = file_of(task, fd);
	adopted_file.table = (__u64)READ(task, files);
	adopted_file.next = fd + 1 < READ(task, files, fdt, max_fds) ? fd + 1 : 0;
	if (!file)
		return 0;
	adopted_file.fd = fd;
	adopted_file.is_epoll = (__u64)READ(file, f_op) == file_ops[FILE_EPOLL];
	sock_adopt(task, file);
	return 0;
}

/*
 * Takes in one registration of an epoll instance that the target has already. Run by user space for
 * each line of /proc/PID/fdinfo/EPFD: task, epfd, fd, events, data and the inode's number, by which
 * a number that means another file today is told.
 */
SEC("raw_tp")
int adopt_interest(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	__u32 fd = ctx->args[2];
	struct file *file = file_of(task, fd);
	struct registration_key reg = {.file = (__u64)file, .fd = fd};

	if (!file || READ(file, f_inode, i_ino) != ctx->args[5]) {
		count(COUNT_LOST_INTERESTS, 1);
		return 0;
	}
	reg.epoll = epoll_of(task, ctx->args[1]);
	interest_add(&reg, sock_of_file(file), ctx->args[3], ctx->args[4], QUIET_ADOPTED);
	return 0;
}

/* The epoll instance that adopt_stall was last asked about. */
__u64 adopt_epoll;

/*
 * Enters a stall that is under way: the task sleeps in a wait on its descriptor epfd, over data
 * that is unread under the edge-triggered interest epoll, data. Were an edge of it due, the wait
 * would be over. Run by user space, with the arguments in this order.
 */
SEC("raw_tp")
int adopt_stall(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	struct interest_key key = {.epoll = ctx->args[2], .data = ctx->args[3]};
	struct interest *i = interest_find(&key);
	struct task_state *t = task_find(task);
	struct sock_state *s;
	__u64 unread;
	__u32 unit;

	adopt_epoll = epoll_of(task, ctx->args[1]);
	if (!i || !t || key.epoll != adopt_epoll || !i->sock || i->stalled || i->pending)
		return 0;
	s = sock_find((const void *)i->sock);
	if (!s || !(i->events & EPOLLET) || !(i->events & EPOLLIN) || !task_is_blocked(task))
		return 0;
	s->left = 1; /* from here on a read ends it */
	i->left = 1;
	unread = sock_unread((const void *)i->sock, &unit);
	if (!unread)
		return 0;
	stall_begin(t, &key, i, unread, unit, true);
	if (!sock_unread((const void *)i->sock, &unit))
		stall_end(&key, i);
	return 0;
}

/* Fires for fork, clone and io_uring's kernel-side workers, before the child can run. */
static __always_inline int task_begins(const struct task_struct *task, enum turn turn)
{
	if (task_current() && (turn == TURN_FIRST || !task_find(task)))
		task_follow(task);
	return 0;
}

SEC("?tp_btf/task_newtask")
int BPF_PROG(on_newtask, struct task_struct *task)
{
	return task_begins(task, turn_behind_steady());
}

#define CLONE_THREAD 0x00010000 /* include/uapi/linux/sched.h */
#define NEWEST_MAX   16         /* tasks that others may have made meanwhile */

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
		task_begins(task, TURN_FIRST);
	return 1;
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

static __always_inline int task_ends(struct task_struct *task)
{
	struct task_state *t = task_find(task);

	if (!t || !t->stats.key.tid)
		return 0;
	call_abandon(t);
	left_trim(t, address_of(task), 0);
	thread_keep(t, task);
	if (process_ended(task))
		signals_end(t->stats.tgid);
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
