/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What an event says of a descriptor, and whether what it happens to is asked for. */
#ifndef WAKELAB_EVENT_FILES_BPF_H
#define WAKELAB_EVENT_FILES_BPF_H

#ifdef EVENTS
#include "epoll.bpf.h"
#include "event_ring.bpf.h"
#include "peer.bpf.h"
#include "socket.bpf.h"

#define NO_FD (-1)

/* Whether events of a socket, NULL: of none, are to be told, by the ports and addresses of it. */
static __always_inline bool event_is_of_socket(const struct event_file *f, const struct sock *sk)
{
	const __u32 *addr = (const void *)f->addr;
	const volatile __u32 *wanted = (const volatile void *)event_wish.addr;

	if (event_wish.port && event_wish.port != f->port &&
	    (!sk || READ(sk, __sk_common.skc_num) != event_wish.port))
		return false;
	if (event_wish.peer_port && event_wish.peer_port != f->port)
		return false;
	return !event_wish.family ||
	       (event_wish.family == f->family && wanted[0] == addr[0] && wanted[1] == addr[1] &&
		wanted[2] == addr[2] && wanted[3] == addr[3]);
}

/* Fills in what a descriptor is; gives whether its events are to be told. */
static __always_inline bool event_file_fill(struct event_file *f, __s32 fd, const struct file *file,
					    const struct sock *sk)
{
	__builtin_memset(f, 0, sizeof(*f));
	f->fd = fd;
	f->kind = file ? file_kind_of(file, sk) : FILE_NOT_OPEN;
	if (sk)
		sock_peer(sk, &f->family, &f->port, f->addr);
	return (event_wish.fd < 0 || event_wish.fd == fd) && event_is_of_socket(f, sk);
}

/* Whether events of certain descriptors are asked for: what is of none is not told then. */
static __always_inline bool event_is_narrow(void)
{
	return event_wish.fd >= 0 || event_wish.port || event_wish.peer_port || event_wish.family;
}

/* The same of a descriptor of the running task; of NO_FD, whether any is asked for. */
static __always_inline bool event_fd_fill(struct event_file *f, __s32 fd)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct file *file = fd == NO_FD ? NULL : file_of(task, fd);

	return event_file_fill(f, fd, file, sock_of_file(file));
}

/* Of a registration: the file may have no such number any more. */
static __always_inline bool event_interest_fill(struct event_file *f, const struct interest *i)
{
	bool wanted = event_file_fill(f, i ? i->fd : NO_FD, NULL, i ? (const void *)i->sock : NULL);

	f->kind = i ? i->kind : FILE_UNREGISTERED;
	return wanted;
}

/* What there is to be read of a socket, NULL: of none, as an event tells it. A UNIX stream has to
 * be looked through, by functions that the deepest programs have no frames left for. */
static __always_inline event_UNREAD event_unread(const struct sock *sk, __u32 kind)
{
	return sk && kind != FILE_UNIX_STREAM ? sock_unread(sk) + 1 : 0;
}

static __always_inline event_UNREAD event_fd_unread(__s32 fd, __u32 kind)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();

	return event_unread(sock_of_file(file_of(task, fd)), kind);
}

/* Whether a call is asked for that ended so, after ns. */
static __always_inline bool event_is_asked(__u32 verdict, __u64 ns)
{
	return ns >= event_wish.min_ns &&
	       (!event_wish.verdicts || event_wish.verdicts & 1u << (verdict & 31));
}

static __always_inline bool event_call_is_wanted(enum event_kind kind, const struct task_state *t,
						 const struct event_task *et)
{
	return event_is_wanted(kind) && !et->unasked &&
	       event_is_of(t, (const void *)bpf_get_current_task());
}

/* What the running thread's wait told of descriptors is told with it, or not at all. */
static __always_inline bool event_told_is_wanted(const struct task_state *t)
{
	const struct event_task *et = event_task_of(t);

	return et && !et->unasked && event_is_of(t, (const void *)bpf_get_current_task());
}
#endif

#endif
