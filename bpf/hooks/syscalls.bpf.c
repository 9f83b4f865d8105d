// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Every system call of the target, in and out. */
#include "calls.bpf.h"
#include "exits.bpf.h"
#include "fcntls.bpf.h"
#include "troubles.bpf.h"
#include "turns.bpf.h"
#include "unsent.bpf.h"
#include "writes.bpf.h"

/* A number that is less, as an index: older verifiers lose what was compared where it is spilled,
 * and without the barrier the mask is left out. */
static __always_inline __u64 bounded(__u64 nr)
{
	barrier_var(nr);
	return nr & (MAX_NR - 1);
}

static __always_inline __u32 call_row_of(__u32 abi, __u64 nr)
{
	__u32 row;

	if (nr >= MAX_NR)
		return OTHER_CALL;
	row = row_of[abi & 1][bounded(nr)];
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

	descriptor_closes(fd);
	if (lacks_room)
		room_end(tgid_of((const void *)bpf_get_current_task()), fd);
	if (file && file_is_unshared(file))
		sock_forget(sk ? (const void *)sk : file);
	else if (file)
		interests_closed(sk ? (const void *)sk : file, fd);
	return 0;
}

static __always_inline void count_other(__u64 nr)
{
	if (nr < MAX_NR)
		__sync_fetch_and_add(&other_calls[bounded(nr)], 1);
}

/* A call by its number and arguments, both as the task's ABI has them; gives whether it has a row.
 */
static __always_inline bool call_opens(struct task_state *t, const __u64 args[N_ARGS], __u32 abi,
				       long nr)
{
	__u32 zero = 0, row = call_row_of(abi, nr);
	struct call_entries *e = bpf_map_lookup_elem(&entries, &zero);

	if (row >= MAX_CALLS || !e)
		return false;
	cell_add(&e->calls[row], 1);
	if (row == OTHER_CALL && !(abi & 1))
		count_other(nr);
	for (__u32 i = 0; i < N_ARGS; i++)
		t->args[i] = args[i];
	t->row = row;
	t->class = call_class(rows[row].class, t->args);
	t->kind = rows[row].kind;
	t->moves += rows[row].class == CLASS_URING; /* what that did, does not show */
	t->sleeps = 0;
	t->slept = 0;
	t->asleep = 0;
	t->received = 0;
	t->fresh = FRESH_NOT;
	wait_begin(t);
	return true;
}

static __always_inline int call_begins(struct task_state *t, const __u64 args[N_ARGS], __u32 abi,
				       long nr)
{
	t->over = 0;
	if (!call_opens(t, args, abi, nr))
		return 0;
	if (t->kind == KIND_FCNTL || t->kind == KIND_IOCTL)
		fcntl_enter(t);
	if (t->kind == KIND_CLOSE)
		tell_closes(t->args[0]);
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
	call_begins(t, args, abi, nr);
	tell_begins(regs, abi);
	return 0;
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
	if (t)
		tell_begins_steady(event->args, task);
	return 1;
}

__noinline int fcntl_end(__u64 ret)
{
	struct task_state *t = task_current();

	if (t)
		fcntl_exit(t, ret);
	return 0;
}

static __always_inline int call_ends(struct task_state *t, long ret)
{
	__u64 now = bpf_ktime_get_ns();
	enum verdict verdict = call_verdict(t, ret);

	tell_returns(verdict, ret, now - t->entered);
	ledger_add(t, verdict, ret, now - t->entered);
	work_add(t, ret);
	if (t->waiting)
		wait_end(verdict, ret, now);
	if (kind_is_write(t->kind) && watches_sockets)
		write_leaves(t, ret);
	if (kind_is_write(t->kind) && compares_room)
		write_end(ret);
	if (t->kind == KIND_FCNTL || t->kind == KIND_IOCTL)
		fcntl_end(ret);
	else if (ret < 0 && t->kind == KIND_EPOLL_CTL && t->control == CONTROL_ADDED)
		epoll_ctl_failed(t->args[0], t->args[2]);
	else if (ret >= 0)
		call_succeeded(t, ret, now);
	if (ret <= 0 && t->class == CLASS_IO && watches_sockets)
		call_troubled(t, ret);
	if (t->eventfd)
		eventfd_exit(t->eventfd);
	t->eventfd = 0;
	if (t->kind == KIND_EPOLL_WAIT)
		turn_opens(t, now);
	tell_call(t);
	t->row = 0;
	return 0;
}

#define SIGSYS_BIT (1ul << 30) /* of signal 31 */
#define NO_ERRNO   (-N_ERRNOS) /* counts among those without a cell of their own */

/* Whether a task's first call returns that was not seen to begin: it began before the task was. */
static __always_inline bool call_is_older(struct task_state *t, __s64 ret)
{
	__u8 fresh = t->fresh;

	t->fresh = FRESH_NOT;
	return fresh == FRESH_ADOPTED || (fresh == FRESH_FORKED && !ret);
}

/*
 * A call ends that has not begun: seccomp, or a tracer, answered in the kernel's place, before
 * sys_enter (kernel/entry/common.c, syscall_trace_enter(), 6.12). It did nothing, and how long that
 * took is not known. One for which the thread gets SIGSYS (SECCOMP_RET_TRAP, and that of
 * SECCOMP_RET_KILL_PROCESS) has its number for a result. Global, like fcntl_end().
 */
__noinline int call_refused(__u64 nr, __u64 result)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	struct task_state *t = task_current();
	const __u64 none[N_ARGS] = {};
	struct call_stats *stats;
	__s64 ret = result;
	__u32 row;

	if (!t || call_is_older(t, ret) || !call_opens(t, none, task_abi(task), nr))
		return 0;
	if (ret >= 0 && READ(task, pending.signal.sig[0]) & SIGSYS_BIT)
		ret = NO_ERRNO;
	row = t->row;
	stats = bpf_map_lookup_elem(&ledger, &row);
	if (stats)
		ledger_judge(t, stats, call_verdict(t, ret), ret);
	work_add(t, ret);
	if (t->waiting)
		wait_end(call_verdict(t, ret), ret, bpf_ktime_get_ns());
	tell_returns(call_verdict(t, ret), ret, 0);
	tell_call(t);
	t->row = 0;
	return 0;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret)
{
	struct task_state *t = task_running((const void *)bpf_get_current_task());

	if (!t)
		return 0;
	if (t->row)
		return call_ends(t, ret);
	if (turn_behind_steady() == TURN_FIRST || !t->over)
		call_refused(call_number(regs), ret);
	t->over = 0;
	return 0;
}

struct sys_exit_event {
	__u64 common;
	long nr;
	long ret;
};

SEC("?tp/raw_syscalls/sys_exit")
int on_sys_exit_steady(const struct sys_exit_event *event)
{
	struct task_state *t = task_running((const void *)bpf_get_current_task());

	if (!t)
		return 1;
	if (t->row)
		call_ends(t, event->ret);
	else
		call_refused(event->nr, event->ret);
	t->over = 1;
	return 1;
}
