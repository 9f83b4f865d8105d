/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What a system call that returned tells, by its kind: what it opened, received or reported.
 * Where that stands in the memory of the target, it is read there.
 */
#ifndef WAKELAB_EXITS_BPF_H
#define WAKELAB_EXITS_BPF_H

#include "busy.bpf.h"
#include "calls.bpf.h"
#include "eventfds.bpf.h"
#include "polled.bpf.h"
#include "receives.bpf.h"
#include "registrations.bpf.h"
#include "reports.bpf.h"
#include "sigio.bpf.h"
#include "troubles.bpf.h"

/* Functions like this one are global and take scalars only: so the verifier takes each by itself,
 * once, and not at every place that leads to it. */
__weak __noinline int fd_follow(__u32 fd)
{
	sock_follow(sock_of_fd(fd), false);
	return 0;
}

/* A socket that listens already, and may be watched, listens anew with another backlog. */
__weak __noinline int listen_exit(__u32 fd)
{
	const struct sock *sk = sock_of_fd(fd);
	struct sock_state *s;

	if (!sk)
		return 0;
	s = sock_find(sk);
	if (s && sock_is_tcp(sk) && sock_is_listening(sk))
		listener_begin(sk);
	if (s && sock_takes_connections(sk)) {
		s->listens = 1;
		backlog_begin(address_of(sk));
	}
	sock_follow(sk, true);
	backlog_own(address_of(sk), bpf_get_current_task(), fd);
	return 0;
}

static __always_inline void socketpair_exit(const struct task_state *t)
{
	int fds[2];

	if (bpf_probe_read_user(fds, sizeof(fds), (const void *)t->args[3]))
		return;
	fd_follow(fds[0]);
	fd_follow(fds[1]);
}

/* A read from a signalfd gives whole structures, of which the first field is the signal
 * (include/uapi/linux/signalfd.h). */
#define SIGNALFD_SIGINFO_SIZE 128
#define SIGNALFD_READ_MAX     64

/* Global, with scalar arguments: verified once and not at each turn of the loop. */
__weak __noinline int signal_read(__u32 tgid, __u64 siginfo)
{
	__u32 signal;

	if (!bpf_probe_read_user(&signal, sizeof(signal), (const void *)siginfo))
		signal_consumed(tgid, signal);
	return 0;
}

__weak __noinline int signalfd_exit(__u32 tgid, __u32 fd, __u64 siginfo, __u64 size)
{
	if (!file_of_kind((const void *)bpf_get_current_task(), fd, FILE_SIGNALFD))
		return 0;
	for (__u32 i = 0; i < SIGNALFD_READ_MAX && i * SIGNALFD_SIGINFO_SIZE < size; i++)
		signal_read(tgid, siginfo + i * SIGNALFD_SIGINFO_SIZE);
	return 0;
}

/* Of one epoll_wait() as many reports are classified; like a thread's list in lists.bpf.h, in
 * parts. */
#define REPORTS_PART 32
#define MAX_REPORTS  (REPORTS_PART * REPORTS_PART)

/* Global, with scalar arguments, like signal_read(). */
__weak __noinline int report_read(__u64 epoll, __u64 event, __u64 progress)
{
	struct user_event report;

	if (event_read(&report, event))
		report_enter(epoll, report.events, report.data, progress);
	else
		count(COUNT_LOST_UNCLASSIFIED, 1);
	return 0;
}

__weak __noinline int reports_read_part(__u64 epoll, __u64 event, __u64 n, __u64 progress)
{
	for (__u32 i = 0; i < REPORTS_PART && i < n; i++)
		report_read(epoll, event + i * sizeof(struct user_event), progress);
	return 0;
}

__weak __noinline int epoll_wait_exit(__u32 epfd, __u64 event, __u64 n, __u64 max, __u64 now)
{
	struct task_state *t = task_current();
	__u64 epoll, progress;

	if (!t)
		return 0;
	epoll = epoll_waited(t, epfd);
	t->answers += n > 0;
	progress = progress_of(t);
	if (n && turn_was_long(t)) /* before what is pending is taken */
		late_reports(epoll, event, n);
	for (__u32 i = 0; i < MAX_REPORTS && i < n; i += REPORTS_PART)
		reports_read_part(epoll, event + i * sizeof(struct user_event), n - i, progress);
	if (n > MAX_REPORTS)
		count(COUNT_LOST_UNCLASSIFIED, n - MAX_REPORTS);
	if (compares_levels)
		wait_swept(t, epoll, n, max, now);
	if (n && follows_nested)
		file_read(epfd);
	return 0;
}

__weak __noinline int epoll_ctl_failed(__u32 epfd, __u32 fd)
{
	interest_undo(epfd, fd);
	return 0;
}

/* Who waits for connections, and where several do. */
__weak __noinline int listener_watched(__u32 fd)
{
	struct task_state *t = task_current();
	const struct sock *sk = sock_of_fd(fd);

	if (t && sk && sock_kind(sk) == FILE_LISTENER)
		thread_count(t, COUNT_WATCHES, 1);
	return 0;
}

__weak __noinline int epoll_ctl_judged(__u32 epfd, __u32 op, __u32 fd, __u64 event)
{
	interest_renew(epfd, op, fd, event);
	return 0;
}

__weak __noinline int epoll_ctl_removed(__u32 epfd, __u32 fd)
{
	interest_recheck((const void *)bpf_get_current_task(), epfd, fd);
	return 0;
}

/* By which kind of trigger a descriptor is told of from here on. */
static __always_inline void epoll_ctl_set(__u64 address)
{
	struct user_event event = {};

	if (!event_read(&event, address))
		return;
	tally(event.events & EPOLLET ? COUNT_SET_EDGE : COUNT_SET_LEVEL, 1);
}

__weak __noinline int epoll_create_exit(__u32 fd)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	__u64 address = epoll_address(task, fd);

	if (address)
		epoll_begin(address, tgid_of(task), fd);
	return 0;
}

__weak __noinline int accept_exit(__u32 listener, __u32 fd)
{
	const struct sock *sk = sock_of_fd(listener);
	struct sock_state *s = sk ? sock_find(sk) : NULL;

	if (s) {
		if (sock_is_tcp(sk))
			__sync_fetch_and_add(&s->accepted, 1);
		else
			__sync_fetch_and_add(&s->taken, 1);
		interests_read(sk, s);
		sock_taken(sk, s);
	}
	sock_follow(sock_of_fd(fd), true);
	return 0;
}

/* The same, for what waits at the listener. */
static __always_inline void accept_counted(__u32 listener, __u32 tgid, __u32 tid)
{
	__u64 address = address_of(sock_of_fd(listener));

	backlog_own(address, bpf_get_current_task(), listener);
	backlog_accepted(address, tgid, tid);
}

/* A message of recvmmsg(): its length stands behind its header (struct mmsghdr). Global, like
 * signal_read(). */
__weak __noinline int message_received(__u32 fd, __u64 length, int flags)
{
	__u32 bytes;

	if (!bpf_probe_read_user(&bytes, sizeof(bytes), (const void *)length))
		receive_exit(fd, bytes, flags);
	return 0;
}

#define MSGHDR_SIZE  56 /* of a 64-bit task */
#define MMSGHDR_SIZE 64
#define MESSAGES_MAX 1024 /* UIO_MAXIOV, include/uapi/linux/uio.h */

__weak __noinline int messages_received(__u32 fd, __u64 headers, int flags, __u32 n)
{
	for (__u32 i = 0; i < MESSAGES_MAX && i < n; i++)
		message_received(fd, headers + i * MMSGHDR_SIZE + MSGHDR_SIZE, flags);
	return 0;
}

__weak __noinline int bytes_received(__u32 fd, int bytes, int flags)
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
__weak __noinline int timerfd_set(__u32 fd)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), fd);
	struct sock_state *s = object_find(address_of(file));

	if (s)
		__sync_fetch_and_add(&s->taken, 1);
	return 0;
}

static __always_inline void sockets_opened(const struct task_state *t, __s64 ret)
{
	switch (t->kind) {
	case KIND_ACCEPT:
		accept_exit(t->args[0], ret);
		accept_counted(t->args[0], t->stats.tgid, t->stats.key.tid);
		connection_accepted(ret, t->stats.key.tid);
		accept_succeeded(t->stats.tgid, t->args[0]);
		break;
	case KIND_SOCKET:
		fd_follow(ret);
		break;
	case KIND_SOCKETPAIR:
		socketpair_exit(t);
		break;
	case KIND_LISTEN:
		listen_exit(t->args[0]);
		break;
	}
}

static __always_inline void epoll_succeeded(const struct task_state *t, __s64 ret, __u64 now)
{
	switch (t->kind) {
	case KIND_EPOLL_CREATE:
		epoll_create_exit(ret);
		break;
	case KIND_EPOLL_WAIT:
		if (ret || compares_levels) /* else what was left out is of no use */
			epoll_wait_exit(t->args[0], t->args[1], ret, t->args[2], now);
		break;
	case KIND_EPOLL_CTL:
		if (t->control == CONTROL_UNREAD ||
		    (t->args[1] == EPOLL_CTL_ADD && t->control != CONTROL_ADDED))
			epoll_ctl_judged(t->args[0], t->args[1], t->args[2], t->args[3]);
		if (t->args[1] == EPOLL_CTL_ADD)
			listener_watched(t->args[2]);
		if (t->args[1] != EPOLL_CTL_DEL)
			epoll_ctl_set(t->args[3]);
		else if (adopting)
			epoll_ctl_removed(t->args[0], t->args[2]);
		break;
	case KIND_TIMERFD:
		timerfd_set(t->args[0]);
		break;
	}
}

static __always_inline void call_succeeded(struct task_state *t, __s64 ret, __u64 now)
{
	if (t->kind == KIND_ACCEPT)
		thread_count(t, COUNT_ACCEPTED, 1);
	if (watches_sockets)
		sockets_opened(t, ret);
	if (watches_interests)
		epoll_succeeded(t, ret, now);
	switch (t->kind) {
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
	case KIND_TIMERFD:
		t->moves++;
		break;
	case KIND_POLL:
		poll_exit(t->args[0], t->args[1], ret, spun_noted(t));
		break;
	case KIND_SELECT:
		select_exit(t, ret, spun_noted(t));
		break;
	}
	if (t->kind == KIND_SPLICE && watches_sockets) /* no hook shows what that takes */
		bytes_received(t->args[0], ret, 0);
	if (receives_at_exit && !t->received)
		receive_succeeded(t, ret);
	if (follows_files && ret && !t->received &&
	    (t->kind == KIND_READ || t->kind == KIND_READV || t->kind == KIND_SPLICE))
		file_read(t->args[0]);
}

#endif
