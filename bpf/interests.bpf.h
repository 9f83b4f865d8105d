/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The interest ledger: was this report a new edge, or the old level again? docs/metrics.md. */
#ifndef WAKELAB_INTERESTS_BPF_H
#define WAKELAB_INTERESTS_BPF_H

#include "sockets.bpf.h"

/* include/uapi/linux/eventpoll.h */
#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2
#define EPOLL_CTL_MOD 3
#define EPOLLIN       0x1
#define EPOLLPRI      0x2
#define EPOLLOUT      0x4
#define EPOLLERR      0x8
#define EPOLLHUP      0x10
#define EPOLLRDHUP    0x2000
#define RCV_SHUTDOWN  1

#if defined(__TARGET_ARCH_x86)
#define EVENT_SIZE 12 /* packed, on x86 only */
#else
#define EVENT_SIZE 16
#endif
#define EVENT_DATA (EVENT_SIZE - 8)

#define MAX_REPORTS  1024 /* of one epoll_wait() that are classified */
#define MAX_WATCHERS 32   /* of one socket */

static __always_inline __u64 epoll_of(const struct file *file)
{
	return file ? (__u64)BPF_CORE_READ(file, private_data) : 0;
}

/* Whether a read or an accept would find something right now. */
static __always_inline bool sock_is_readable(const struct sock *sk)
{
	const struct tcp_sock *tcp = (const void *)sk;

	if (!sock_is_tcp(sk))
		return BPF_CORE_READ(sk, sk_receive_queue.qlen) > 0;
	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN)
		return BPF_CORE_READ(sk, sk_ack_backlog) > 0;
	return BPF_CORE_READ(tcp, rcv_nxt) != BPF_CORE_READ(tcp, copied_seq) ||
	       BPF_CORE_READ(sk, sk_shutdown) & RCV_SHUTDOWN;
}

static __always_inline void interest_edge(struct interest *i)
{
	__sync_fetch_and_add(&i->pending, 1);
	count(COUNT_EDGES, 1);
}

/* A registration or a re-arming that finds its descriptor ready is an edge of its own kind. */
static __always_inline void interest_arm(struct interest *i, const struct sock *sk)
{
	if (!sk || !(i->events & EPOLLIN) || !sock_is_readable(sk))
		return;
	interest_edge(i);
	count(COUNT_ARMS, 1);
}

/* Makes sk tell this interest of its edges. */
static __always_inline void interest_watch(const struct sock *sk, const struct interest_key *key)
{
	struct watcher_key at = {.sock = (__u64)sk};
	struct sock_state *s;

	sock_follow(sk, true);
	s = sock_find(sk);
	if (!s)
		return;
	for (__u32 n = 0; n < MAX_WATCHERS; n++) { /* the first hole, or the end */
		at.index = n;
		if (bpf_map_update_elem(&watchers, &at, key, BPF_NOEXIST))
			continue;
		if (n >= s->watchers)
			s->watchers = n + 1;
		return;
	}
	count(COUNT_LOST_INTERESTS, 1);
}

static __always_inline void interest_unwatch(__u64 sock, const struct interest_key *key)
{
	struct watcher_key at = {.sock = sock};
	struct interest_key *w;

	for (__u32 n = 0; n < MAX_WATCHERS; n++) {
		at.index = n;
		w = bpf_map_lookup_elem(&watchers, &at);
		if (w && w->epoll == key->epoll && w->data == key->data) {
			bpf_map_delete_elem(&watchers, &at);
			return;
		}
	}
}

static __always_inline void interest_remove(const struct registration_key *reg)
{
	struct interest_key key = {.epoll = reg->epoll};
	__u64 *data = bpf_map_lookup_elem(&registrations, reg);
	struct interest *i;

	if (!data)
		return;
	key.data = *data;
	bpf_map_delete_elem(&registrations, reg);
	i = bpf_map_lookup_elem(&interests, &key);
	if (!i)
		return;
	interest_unwatch(i->sock, &key);
	if (i->shared)
		i->shared--;
	else
		bpf_map_delete_elem(&interests, &key);
}

static __always_inline void interest_add(const struct registration_key *reg, struct sock *sk,
					 __u32 events, __u64 data)
{
	struct interest_key key = {.epoll = reg->epoll, .data = data};
	struct interest fresh = {.sock = (__u64)sk, .events = events};
	struct interest *i;

	if (bpf_map_update_elem(&registrations, reg, &data, BPF_ANY)) {
		count(COUNT_LOST_INTERESTS, 1);
		return;
	}
	i = bpf_map_lookup_elem(&interests, &key);
	if (i)
		i->shared++;
	else if (bpf_map_update_elem(&interests, &key, &fresh, BPF_NOEXIST))
		count(COUNT_LOST_INTERESTS, 1);
	if (sk)
		interest_watch(sk, &key);
	i = bpf_map_lookup_elem(&interests, &key);
	if (i)
		interest_arm(i, sk);
}

/* The registration stays and so does what it has pending; false if its data is new as well. */
static __always_inline bool interest_change(const struct registration_key *reg,
					    const struct sock *sk, __u32 events, __u64 data)
{
	struct interest_key key = {.epoll = reg->epoll, .data = data};
	__u64 *old = bpf_map_lookup_elem(&registrations, reg);
	struct interest *i = bpf_map_lookup_elem(&interests, &key);

	if (!old || *old != data || !i)
		return false;
	i->events = events;
	interest_arm(i, sk);
	return true;
}

/* A successful epoll_ctl(epfd, op, fd, event). */
static __always_inline void interest_control(__u32 epfd, __u32 op, __u32 fd, __u64 event)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	struct file *file = file_of(task, fd);
	struct registration_key reg = {
		.epoll = epoll_of(file_of(task, epfd)), .file = (__u64)file, .fd = fd};
	struct sock *sk = sock_of_file(file);
	__u32 events = 0;
	__u64 data = 0;

	if (op == EPOLL_CTL_DEL) {
		interest_remove(&reg);
		return;
	}
	bpf_probe_read_user(&events, sizeof(events), (const void *)event);
	bpf_probe_read_user(&data, sizeof(data), (const void *)(event + EVENT_DATA));
	if (op == EPOLL_CTL_MOD && interest_change(&reg, sk, events, data))
		return;
	interest_remove(&reg); /* also what a closed descriptor of the same number left behind */
	interest_add(&reg, sk, events, data);
}

static __always_inline void report_flags(__u32 events)
{
	if (events & EPOLLIN)
		count(COUNT_REPORT_IN, 1);
	if (events & EPOLLOUT)
		count(COUNT_REPORT_OUT, 1);
	if (events & EPOLLPRI)
		count(COUNT_REPORT_PRI, 1);
	if (events & EPOLLERR)
		count(COUNT_REPORT_ERR, 1);
	if (events & EPOLLHUP)
		count(COUNT_REPORT_HUP, 1);
	if (events & EPOLLRDHUP)
		count(COUNT_REPORT_RDHUP, 1);
}

/* One element of the array that epoll_wait() filled in. */
static __always_inline void interest_report(__u64 epoll, __u32 events, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = bpf_map_lookup_elem(&interests, &key);
	__u64 pending;

	count(COUNT_REPORTS, 1);
	report_flags(events);
	if (!i || !i->sock || !(events & EPOLLIN)) {
		count(COUNT_UNKNOWN, 1);
		return;
	}
	if (i->shared) {
		count(COUNT_AMBIGUOUS, 1);
		return;
	}
	pending = i->pending;
	if (!pending) {
		count(COUNT_REREPORTS, 1);
		return;
	}
	__sync_fetch_and_add(&i->pending, -pending);
	count(COUNT_FRESH, 1);
	count(COUNT_MERGED, pending - 1);
}

/* sk announced a readiness: an edge of every interest in it. */
static __always_inline void interests_edge(const struct sock *sk, const struct sock_state *s)
{
	struct watcher_key at = {.sock = (__u64)sk};
	struct interest_key *key;
	struct interest *i;

	for (__u32 n = 0; n < MAX_WATCHERS && n < s->watchers; n++) {
		at.index = n;
		key = bpf_map_lookup_elem(&watchers, &at);
		if (!key)
			continue;
		i = bpf_map_lookup_elem(&interests, key);
		if (i)
			interest_edge(i);
	}
}

/* sk is closed: the kernel took its registrations away without an epoll_ctl(). */
static __always_inline void interests_forget(const struct sock *sk, const struct sock_state *s)
{
	struct watcher_key at = {.sock = (__u64)sk};
	struct interest_key *key, copy;

	for (__u32 n = 0; n < MAX_WATCHERS && n < s->watchers; n++) {
		at.index = n;
		key = bpf_map_lookup_elem(&watchers, &at);
		if (!key)
			continue;
		copy = *key;
		bpf_map_delete_elem(&interests, &copy);
		bpf_map_delete_elem(&watchers, &at);
	}
}

#endif
