// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Every system call of the target, in and out. */
#include "calls.bpf.h"
#include "exits.bpf.h"
#include "fcntls.bpf.h"
#include "turns.bpf.h"
#include "writes.bpf.h"

static __always_inline __u32 call_row_of(__u32 abi, __u64 nr)
{
	__u32 row;

	if (nr >= MAX_NR)
		return OTHER_CALL;
	row = row_of[abi & 1][nr];
	return row ? row : OTHER_CALL;
}

static __always_inline __u8 call_class(__u8 class, const __u64 args[N_ARGS])
{
	if (class == CLASS_URING && !args[2]) /* min_complete */
		return CLASS_OTHER;
	return class;
}

/* Before the call takes effect: behind it another thread may have had the report already. */
__noinline int epoll_ctl_enter(__u32 epfd, __u32 op, __u32 fd, __u64 event)
{
	return interest_control(epfd, op, fd, event);
}

/* A close() of the last descriptor of a file: before it is gone, for behind the call its address
 * may be another's already. */
__noinline int close_enter(__u32 fd)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), fd);
	const struct sock *sk = sock_of_file(file);

	if (file && file_is_unshared(file))
		sock_forget(sk ? (const void *)sk : file);
	return 0;
}

/* A call by its number and arguments, both as the task's ABI has them. */
static __always_inline int call_begins(struct task_state *t, const __u64 args[N_ARGS], __u32 abi,
				       long nr)
{
	__u32 zero = 0, row = call_row_of(abi, nr);
	struct call_entries *e = bpf_map_lookup_elem(&entries, &zero);

	if (row >= MAX_CALLS || !e)
		return 0;
	cell_add(&e->calls[row], 1);
	for (__u32 i = 0; i < N_ARGS; i++)
		t->args[i] = args[i];
	t->row = row;
	t->class = call_class(rows[row].class, t->args);
	t->kind = rows[row].kind;
	t->sleeps = 0;
	t->slept = 0;
	t->asleep = 0;
	t->received = 0;
	wait_begin(t);
	if (t->kind == KIND_FCNTL || t->kind == KIND_IOCTL)
		fcntl_enter(t);
	if (t->kind == KIND_CLOSE && watches_sockets)
		close_enter(t->args[0]);
	if (t->kind == KIND_EPOLL_CTL && watches_interests)
		t->control = epoll_ctl_enter(t->args[0], t->args[1], t->args[2], t->args[3]);
	if (compares_counts && (t->kind == KIND_READ || t->kind == KIND_READV))
		t->eventfd = eventfd_enter(t->args[0]);
	t->entered = bpf_ktime_get_ns();
	return 0;
}

SEC("?tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs, long nr)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	struct task_state *t = task_running(task);
	__u64 args[N_ARGS];
	__u32 abi;

	if (!t || (turn_behind_steady() == TURN_AGAIN && t->row))
		return 0;
	abi = task_abi(task);
	call_args(regs, abi, args);
	return call_begins(t, args, abi, nr);
}

/* Programs that perf runs get the event as it would be recorded; and 1 leaves it to be recorded by
 * others. */
struct sys_enter_event { /* events/raw_syscalls/sys_enter/format in tracefs */
	__u64 common;
	long nr;
	unsigned long args[6];
};

SEC("?tp/raw_syscalls/sys_enter")
int on_sys_enter_steady(const struct sys_enter_event *event)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	__u64 args[N_ARGS] = {event->args[0], event->args[1], event->args[2], event->args[3]};
	struct task_state *t = task_running(task);

	if (t)
		call_begins(t, args, task_abi(task), event->nr);
	return 1;
}

__noinline int fcntl_end(__u64 ret)
{
	struct task_state *t = task_current();

	if (t)
		fcntl_exit(t, ret);
	return 0;
}

/* The program that comes second, if there are two, finds no call in flight. */
static __always_inline int call_ends(long ret)
{
	struct task_state *t = task_current();
	enum verdict verdict;
	__u64 now;

	if (!t || !t->row)
		return 0;
	now = bpf_ktime_get_ns();
	verdict = call_verdict(t, ret);
	ledger_add(t, verdict, ret, now - t->entered);
	work_add(t, ret);
	if (t->waiting)
		wait_end(verdict, ret, now);
	if (kind_is_write(t->kind) && compares_room)
		write_end(ret);
	if (t->kind == KIND_FCNTL || t->kind == KIND_IOCTL)
		fcntl_end(ret);
	else if (ret < 0 && t->kind == KIND_EPOLL_CTL && t->control == CONTROL_ADDED)
		epoll_ctl_failed(t->args[0], t->args[2]);
	else if (ret >= 0)
		call_succeeded(t, ret, now);
	if (t->eventfd)
		eventfd_exit(t->eventfd);
	t->eventfd = 0;
	t->row = 0;
	return 0;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret)
{
	return call_ends(ret);
}

struct sys_exit_event {
	__u64 common;
	long nr;
	long ret;
};

SEC("?tp/raw_syscalls/sys_exit")
int on_sys_exit_steady(const struct sys_exit_event *event)
{
	call_ends(event->ret);
	return 1;
}
