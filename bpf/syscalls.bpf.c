// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Every system call of the target, in and out. */
#include "calls.bpf.h"
#include "eventfds.bpf.h"
#include "fcntls.bpf.h"
#include "receives.bpf.h"
#include "registrations.bpf.h"
#include "signals.bpf.h"
#include "turns.bpf.h"

/* The ledger's row of each call, by ABI and number; filled in by user space before loading. */
const volatile __u8 row_of[N_ABIS][MAX_NR];
const volatile struct call_row rows[MAX_CALLS];

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

/* The work of the last multiplexing wait or sleep is over: the next one begins. */
static __always_inline void work_flush(struct task_state *t)
{
	if (!t->working)
		return;
	count(COUNT_WORK_CALLS, t->work_calls);
	count(COUNT_WORK_BYTES, t->work_bytes);
	count(COUNT_WORK_EAGAIN, t->work_eagain);
	t->working = 0;
	t->work_calls = 0;
	t->work_bytes = 0;
	t->work_eagain = 0;
}

static __always_inline void wait_begin(struct task_state *t)
{
	t->waiting = t->class != CLASS_OTHER && t->class != CLASS_VOID;
	wakes_settle(t, 0);
	t->woken = 0;
	if (t->waiting && t->class != CLASS_IO) {
		work_flush(t);
		wakes_judge(t);
	}
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
static __always_inline int call_begins(const __u64 args[N_ARGS], __u32 abi, long nr, enum turn turn)
{
	struct task_state *t = task_current();
	struct call_entries *e;
	__u32 zero = 0, row;

	if (!t || (turn == TURN_AGAIN && t->row))
		return 0;
	row = call_row_of(abi, nr);
	e = bpf_map_lookup_elem(&entries, &zero);
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
	if (t->kind == KIND_CLOSE)
		close_enter(t->args[0]);
	if (t->kind == KIND_EPOLL_CTL)
		t->added = epoll_ctl_enter(t->args[0], t->args[1], t->args[2], t->args[3]);
	if (compares_counts && (t->kind == KIND_READ || t->kind == KIND_READV))
		t->eventfd = eventfd_enter(t->args[0]);
	t->entered = bpf_ktime_get_ns();
	return 0;
}

SEC("?tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs, long nr)
{
	__u32 abi = task_abi((const void *)bpf_get_current_task());
	__u64 args[N_ARGS];

	call_args(regs, abi, args);
	return call_begins(args, abi, nr, turn_behind_steady());
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
	__u64 args[N_ARGS] = {event->args[0], event->args[1], event->args[2], event->args[3]};

	call_begins(args, task_abi((const void *)bpf_get_current_task()), event->nr, TURN_FIRST);
	return 1;
}

static __always_inline void socketpair_exit(const struct task_state *t)
{
	int fds[2];

	if (bpf_probe_read_user(fds, sizeof(fds), (const void *)t->args[3]))
		return;
	sock_follow(sock_of_fd(fds[0]), false);
	sock_follow(sock_of_fd(fds[1]), false);
}

/* A read from a signalfd gives whole structures, of which the first field is the signal
 * (include/uapi/linux/signalfd.h). */
#define SIGNALFD_SIGINFO_SIZE 128
#define SIGNALFD_READ_MAX     64

/* Global, with scalar arguments: verified once and not at each turn of the loop. */
__noinline int signal_read(__u32 tgid, __u64 siginfo)
{
	__u32 signal;

	if (!bpf_probe_read_user(&signal, sizeof(signal), (const void *)siginfo))
		signal_consumed(tgid, signal);
	return 0;
}

__noinline int signalfd_exit(__u32 tgid, __u32 fd, __u64 siginfo, __u64 size)
{
	struct file *file = file_of((const void *)bpf_get_current_task(), fd);

	if (!file || (__u64)BPF_CORE_READ(file, f_op) != file_ops[FILE_SIGNALFD])
		return 0;
	for (__u32 i = 0; i < SIGNALFD_READ_MAX && i * SIGNALFD_SIGINFO_SIZE < size; i++)
		signal_read(tgid, siginfo + i * SIGNALFD_SIGINFO_SIZE);
	return 0;
}

/* Global, with scalar arguments, like signal_read(). */
__noinline int report_read(__u64 epoll, __u64 event)
{
	__u32 events = 0;
	__u64 data = 0;

	if (bpf_probe_read_user(&events, sizeof(events), (const void *)event) ||
	    bpf_probe_read_user(&data, sizeof(data), (const void *)(event + EVENT_DATA)))
		count(COUNT_LOST_UNCLASSIFIED, 1);
	else
		interest_report(epoll, events, data);
	return 0;
}

__noinline int epoll_wait_exit(__u32 epfd, __u64 event, __u64 n, __u64 max)
{
	__u64 epoll = epoll_of((const void *)bpf_get_current_task(), epfd);

	for (__u32 i = 0; i < MAX_REPORTS && i < n; i++) {
		report_read(epoll, event);
		event += EVENT_SIZE;
	}
	if (n > MAX_REPORTS)
		count(COUNT_LOST_UNCLASSIFIED, n - MAX_REPORTS);
	if (compares_levels)
		wait_swept(epoll, n, max);
	return 0;
}

__noinline int epoll_ctl_failed(__u32 epfd, __u32 fd)
{
	interest_undo(epfd, fd);
	return 0;
}

__noinline int epoll_ctl_added(__u32 epfd, __u32 fd, __u64 event)
{
	interest_renew(epfd, fd, event);
	return 0;
}

__noinline int epoll_create_exit(__u32 fd)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	__u64 address = epoll_address(task, fd);

	if (address)
		epoll_begin(address, tgid_of(task), fd);
	return 0;
}

__noinline int accept_exit(__u32 listener, __u32 fd)
{
	const struct sock *sk = sock_of_fd(listener);
	struct sock_state *s = sk ? sock_find(sk) : NULL;

	if (s) {
		if (sock_is_tcp(sk))
			__sync_fetch_and_add(&s->accepted, 1);
		else
			__sync_fetch_and_add(&s->taken, 1);
		interests_read(sk, s);
	}
	sock_follow(sock_of_fd(fd), true);
	return 0;
}

/* A message of recvmmsg(): its length stands behind its header (struct mmsghdr). Global, like
 * signal_read(). */
__noinline int message_received(__u32 fd, __u64 length, int flags)
{
	__u32 bytes;

	if (!bpf_probe_read_user(&bytes, sizeof(bytes), (const void *)length))
		receive_exit(fd, bytes, flags);
	return 0;
}

#define MSGHDR_SIZE  56 /* of a 64-bit task */
#define MMSGHDR_SIZE 64
#define MESSAGES_MAX 1024 /* UIO_MAXIOV, include/uapi/linux/uio.h */

__noinline int messages_received(__u32 fd, __u64 headers, int flags, __u32 n)
{
	for (__u32 i = 0; i < MESSAGES_MAX && i < n; i++)
		message_received(fd, headers + i * MMSGHDR_SIZE + MSGHDR_SIZE, flags);
	return 0;
}

__noinline int bytes_received(__u32 fd, int bytes, int flags)
{
	receive_exit(fd, bytes, flags);
	return 0;
}

static __always_inline void receive_succeeded(const struct task_state *t, __s64 ret)
{
	if (t->kind == KIND_READ || t->kind == KIND_READV)
		bytes_received(t->args[0], ret, 0);
	else if (t->kind == KIND_RECV)
		bytes_received(t->args[0], ret, t->args[3]);
	else if (t->kind == KIND_RECVMSG)
		bytes_received(t->args[0], ret, t->args[2]);
	else if (t->kind == KIND_RECVMMSG)
		messages_received(t->args[0], t->args[1], t->args[3], ret);
}

/* A timer was set: it can only be ready because it ran out thereafter. */
__noinline int timerfd_set(__u32 fd)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), fd);
	struct sock_state *s = sock_find((const void *)file);

	if (s)
		__sync_fetch_and_add(&s->taken, 1);
	return 0;
}

static __always_inline void call_succeeded(struct task_state *t, __s64 ret)
{
	switch (t->kind) {
	case KIND_ACCEPT:
		accept_exit(t->args[0], ret);
		break;
	case KIND_SOCKET:
		sock_follow(sock_of_fd(ret), false);
		break;
	case KIND_SOCKETPAIR:
		socketpair_exit(t);
		break;
	case KIND_LISTEN:
		sock_follow(sock_of_fd(t->args[0]), false);
		break;
	case KIND_EPOLL_CREATE:
		epoll_create_exit(ret);
		break;
	case KIND_EPOLL_WAIT:
		epoll_wait_exit(t->args[0], t->args[1], ret, t->args[2]);
		break;
	case KIND_EPOLL_CTL:
		if (t->args[1] == EPOLL_CTL_ADD && !t->added)
			epoll_ctl_added(t->args[0], t->args[2], t->args[3]);
		break;
	case KIND_TIMERFD:
		timerfd_set(t->args[0]);
		break;
	case KIND_SIGWAIT:
		signal_consumed(t->stats.tgid, ret);
		break;
	case KIND_READ:
		if (ret && ret % SIGNALFD_SIGINFO_SIZE == 0)
			signalfd_exit(t->stats.tgid, t->args[0], t->args[1], ret);
		if (compares_counts && ret == EVENTFD_SIZE)
			eventfd_take(t->args[0], t->args[1]);
		break;
	case KIND_READV:
		if (compares_counts && ret == EVENTFD_SIZE)
			eventfd_take_vector(t->args[0], t->args[1]);
		break;
	}
	if (receives_at_exit && !t->received)
		receive_succeeded(t, ret);
}

/* What this call adds to the work of the wait before it, and whether it makes that useful. */
static __always_inline void work_add(struct task_state *t, __s64 ret)
{
	if (t->class == CLASS_IO && ret >= 0)
		wakes_use(t);
	else if (t->class == CLASS_IO)
		t->tried = 1;
	if (!t->working)
		return;
	t->work_calls++;
	if (kind_gives_bytes(t->kind) && ret > 0)
		t->work_bytes += ret;
	if (ret == -EAGAIN)
		t->work_eagain++;
}

/* A wait call returned. Global and with scalars only, as are its kin below: the verifier takes each
 * by itself, and not once for every way that leads there. */
__noinline int wait_end(__u32 verdict, __u64 result, __u64 now)
{
	struct task_state *t = task_current();
	__s64 ret = result;

	if (!t)
		return 0;
	wakes_awake(t);
	t->waiting = 0;
	wakes_settle(t, 0);
	if (t->woken)
		wakes_returned(t, verdict, now);
	if (t->class == CLASS_IO)
		return 0;
	t->working = 1;
	count(COUNT_WORK_RETURNS, 1);
	if (t->class == CLASS_MUX && ret > 0)
		count(COUNT_WORK_EVENTS, t->kind == KIND_SIGWAIT ? 1 : ret);
	return 0;
}

__noinline int fcntl_end(__u64 ret)
{
	struct task_state *t = task_current();

	if (t)
		fcntl_exit(t, ret);
	return 0;
}

static __always_inline bool kind_is_write(enum call_kind kind)
{
	return kind_takes_bytes(kind) || kind == KIND_SENDMMSG;
}

/* Whether a write found no room for all, or had to wait for it: then there will be an edge. Of a
 * splice() it may be the other side that was waited for. */
static __always_inline bool write_was_short(const struct task_state *t, __s64 ret)
{
	if (t->kind == KIND_SPLICE)
		return false;
	if (ret == -EAGAIN || t->slept)
		return true;
	return t->kind != KIND_WRITEV && ret >= 0 && (__u64)ret < t->args[2];
}

/* A write did, or may have: a socket remembers it. */
__noinline int write_filled(__u32 fd, __u32 certain)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), fd);
	struct sock *sk = sock_of_file(file);
	struct sock_state *s = sock_find(sk ? (const void *)sk : file);

	if (s && (certain || (sk && sock_lacks_room(sk))))
		__sync_fetch_and_add(&s->filled, 1);
	return 0;
}

static __always_inline void write_end(const struct task_state *t, __s64 ret)
{
	bool certain = write_was_short(t, ret);

	if (certain || t->kind != KIND_WRITE)
		write_filled(t->args[t->kind == KIND_SPLICE ? 2 : 0], certain);
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
		write_end(t, ret);
	if (t->kind == KIND_FCNTL || t->kind == KIND_IOCTL)
		fcntl_end(ret);
	else if (ret < 0 && t->kind == KIND_EPOLL_CTL && t->added)
		epoll_ctl_failed(t->args[0], t->args[2]);
	else if (ret >= 0)
		call_succeeded(t, ret);
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
