/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a socket tells those who are interested in it, and what they read of it. */
#ifndef WAKELAB_EDGES_BPF_H
#define WAKELAB_EDGES_BPF_H

#include "interests.bpf.h"
#include "telling.bpf.h"
#include "watchers.bpf.h"

/* What a notification is, and whom it concerns. */
enum edge {
	EDGE_READABLE, /* there is something to read: those who asked for that */
	EDGE_END,      /* the end of file: whatever is registered */
	EDGE_ERROR,    /* the same, and not to be seen in what has arrived */
};

/* An edge of an interest: its next report is news, and what stalled goes on. */
static __always_inline void interest_edge(const struct interest_key *key, struct interest *i)
{
	epoll_told(key->epoll);
	__sync_fetch_and_add(&i->pending, 1);
	interest_count(i, COUNT_EDGES, 1);
	tell_ready(key);
	stall_end_news(key, i);
}

__weak __noinline int edge_of(__u64 sock, __u32 place, __u32 edge)
{
	struct interest *i = interest_in(sock, place);
	__u32 kind;

	if (!i)
		return 0;
	if (!(i->events & (edge == EDGE_READABLE ? EPOLL_READABLE : ~EPOLL_PRIVATE))) {
		if (edge == EDGE_READABLE && waiting_opens(i)) { /* of no other kinds of files */
			kind = sock_kind((const void *)sock);
			waiting_begins(i, socket_unread(sock, kind, ASKED_AMOUNT), kind);
		}
		return 0;
	}
	if (sees_callbacks && i->events & EPOLLEXCLUSIVE) /* seen there */
		return 0;
	if (edge != EDGE_ERROR && !notification_is_first(i, (const void *)sock)) {
		i->twin = 1;
		return 0;
	}
	if (i->events & EPOLLEXCLUSIVE) { /* which of several the kernel tells is not seen here */
		__sync_fetch_and_add(&i->position, 1);
		return 0;
	}
	interest_edge(&i->key, i);
	return 0;
}

/* The same of the interest that a watcher stands for. */
__weak __noinline int edge_at(__u64 sock, __u64 index, __u32 edge)
{
	struct watcher *w = watcher_find(sock, index);

	if (w)
		edge_of(sock, w->place, edge);
	return 0;
}

__weak __noinline int edge_part(__u64 sock, __u32 from, __u32 n, __u32 edge)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		edge_at(sock, from + i, edge);
	return 0;
}

/* sk notifies those who wait for it: an edge of every interest that asked for such. */
static __always_inline void interests_edge(const struct sock *sk, const struct sock_state *s,
					   enum edge edge)
{
	__u64 sock = address_of(sk);

	if (!sees_ready) /* a part of the edges would be worse than none */
		return;
	if (s->first)
		edge_of(sock, s->first - 1, edge);
	FOR_EACH_PART(edge_part, sock, s, 1, edge);
}

/* sk_data_ready. */
static __always_inline void interests_ready(const struct sock *sk, const struct sock_state *s)
{
	interests_edge(sk, s, sock_has_ended(sk) ? EDGE_END : EDGE_READABLE);
}

/*
 * The end of file is told twice in a row: by sk_state_change, which has no tracepoint but comes
 * with the change to TCP_CLOSE_WAIT, and by sk_data_ready (net/ipv4/tcp_input.c, tcp_fin() and
 * tcp_data_queue(), 6.18). The two are one edge, unless each makes a report.
 */
static __always_inline void interests_end_of_file(const struct sock *sk)
{
	const struct sock_state *s = sock_find(sk);

	if (s)
		interests_edge(sk, s, EDGE_END);
}

/* Of an eventfd or a timer it is not known before the first read that it is for reading. */
static __always_inline bool read_is_first(const struct interest *i, __u64 unread)
{
	return unread && !i->sock && i->events & EPOLLET;
}

__weak __noinline int read_of(__u64 sock, __u32 place, __u64 unread)
{
	struct interest *i = interest_in(sock, place);
	struct task_state *t = task_current();
	bool looked_at;

	if (!i || !t)
		return 0;
	looked_at = t->turned && interest_is_looked_at(i);
	handoff_read(i, t->id);
	i->used = 1;
	if (!unread)
		waiting_end(&i->key, i);
	else if (i->waiting)
		i->touched = bpf_ktime_get_ns();
	if (!i->left && !looked_at && !read_is_first(i, unread))
		return 0;
	stall_end_read(&i->key, i);
	if (unread || looked_at)
		left_add(&i->key, i, t);
	else
		left_remove(i, t);
	i->part = 1;
	return 0;
}

__weak __noinline int read_at(__u64 sock, __u64 index, __u64 unread)
{
	struct watcher *w = watcher_find(sock, index);

	if (w)
		read_of(sock, w->place, unread);
	return 0;
}

__weak __noinline int read_part(__u64 sock, __u32 from, __u32 n, __u64 unread)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		read_at(sock, from + i, unread);
	return 0;
}

static __always_inline void interest_taken(__u64 sock, __u32 place)
{
	struct interest *i = interest_in(sock, place);

	if (i)
		i->untaken = 0;
}

__weak __noinline int taken_at(__u64 sock, __u64 index)
{
	struct watcher *w = watcher_find(sock, index);

	if (w)
		interest_taken(sock, w->place);
	return 0;
}

__weak __noinline int taken_part(__u64 sock, __u32 from, __u32 n)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		taken_at(sock, from + i);
	return 0;
}

/* Something was taken of sk: its reports are no row of the same any more (spins.bpf.h). */
static __always_inline void sock_taken(const struct sock *sk, struct sock_state *s)
{
	__u64 sock = address_of(sk);

	if (s->first)
		interest_taken(sock, s->first - 1);
	if (!s->spun)
		return;
	s->spun = 0;
	FOR_EACH_PART(taken_part, sock, s, 1);
}

/* The running thread read from an object, or accepted: an episode of every interest in it that was
 * left ends, what was handed on has arrived, and what is still unread is left to this thread. */
static __always_inline void object_read(__u64 object, struct sock_state *s, __u64 unread)
{
	s->left = unread > 0;
	if (s->first)
		read_of(object, s->first - 1, unread);
	FOR_EACH_PART(read_part, object, s, 1, unread);
}

static __always_inline void interests_read(const struct sock *sk, struct sock_state *s)
{
	if (s->left)
		object_read(address_of(sk), s, sock_unread(sk));
}

/* The same of a file that is no socket, by its descriptor; what reads an epoll instance is a wait.
 */
__weak __noinline int file_read(__u32 fd)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct file *file = file_of(task, fd);
	__u64 object = address_of(file);
	struct sock_state *s = file ? object_find(object) : NULL;

	if (!s || (s->used && !s->left))
		return 0;
	s->used = 1;
	object_read(object, s,
		    file_unread_apart(object, 0, file_kind_of(file, NULL), address_of(task)));
	return 0;
}

#endif
