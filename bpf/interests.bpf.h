/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The interest ledger, docs/metrics.md: what is registered with which epoll instance. Edges of it
 * are in edges.bpf.h, reports in reports.bpf.h. */
#ifndef WAKELAB_INTERESTS_BPF_H
#define WAKELAB_INTERESTS_BPF_H

#include "handoffs.bpf.h"
#include "positions.bpf.h"
#include "stalls.bpf.h"

/* include/uapi/linux/eventpoll.h */
#define EPOLL_CTL_ADD  1
#define EPOLL_CTL_DEL  2
#define EPOLL_CTL_MOD  3
#define EPOLLIN        0x1
#define EPOLLPRI       0x2
#define EPOLLOUT       0x4
#define EPOLLERR       0x8
#define EPOLLHUP       0x10
#define EPOLLRDNORM    0x40
#define EPOLLRDBAND    0x80
#define EPOLLWRNORM    0x100
#define EPOLLWRBAND    0x200
#define EPOLLRDHUP     0x2000
#define EPOLLEXCLUSIVE (1u << 28)
#define EPOLLONESHOT   (1u << 30)
#define EPOLLET        (1u << 31)
/* fs/eventpoll.c, EP_PRIVATE_BITS: what is not a condition to report */
#define EPOLL_PRIVATE 0xf0000000u
/* what sock_def_readable() tells of (net/core/sock.c), and what it or an error makes visible */
#define EPOLL_READABLE (EPOLLIN | EPOLLPRI | EPOLLRDNORM | EPOLLRDBAND)
#define EPOLL_SEEN     (EPOLL_READABLE | EPOLLRDHUP | EPOLLERR | EPOLLHUP)
/* that there is room to write */
#define EPOLL_ROOM (EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND)

#if defined(__TARGET_ARCH_x86)
#define EVENT_SIZE 12 /* packed, on x86 only */
#else
#define EVENT_SIZE 16
#endif
#define EVENT_DATA (EVENT_SIZE - 8)

#define MAX_REPORTS  1024 /* of one epoll_wait() that are classified */
#define MAX_WATCHERS 32   /* of one socket */

/* Gives the epoll instance behind a file an id of its own: its address may be another's tomorrow.
 */
static __always_inline __u64 epoll_begin(__u64 address, __u32 tgid, __u32 fd)
{
	static const struct epoll_state nothing; /* the stack has no room for one */
	__u64 id = bpf_ktime_get_ns() << 8 | (bpf_get_smp_processor_id() & 0xff);
	struct epoll_state *e;

	if (bpf_map_update_elem(&epoll_ids, &address, &id, BPF_ANY))
		return address;
	bpf_map_update_elem(&epolls, &id, &nothing,
			    BPF_NOEXIST); /* full: epoll_count() has row 0 */
	e = bpf_map_lookup_elem(&epolls, &id);
	if (e) {
		e->tgid = tgid;
		e->fd = fd;
	}
	return id;
}

/* The address of the struct eventpoll; 0 if the descriptor leads to none. */
static __always_inline __u64 epoll_address(const struct task_struct *task, __u32 fd)
{
	const struct file *file = file_of(task, fd);

	if (!file || (__u64)BPF_CORE_READ(file, f_op) != file_ops[FILE_EPOLL])
		return 0;
	return (__u64)BPF_CORE_READ(file, private_data);
}

/* The id of the epoll instance; 0 if the descriptor leads to none. */
static __always_inline __u64 epoll_of(const struct task_struct *task, __u32 fd)
{
	__u64 address = epoll_address(task, fd);
	__u64 *id = address ? bpf_map_lookup_elem(&epoll_ids, &address) : NULL;

	if (!address)
		return 0;
	return id ? *id : epoll_begin(address, tgid_of(task), fd);
}

static __always_inline struct epoll_state *epoll_find(__u64 epoll)
{
	struct epoll_state *e = bpf_map_lookup_elem(&epolls, &epoll);
	__u64 others = 0;

	return e ? e : bpf_map_lookup_elem(&epolls, &others);
}

/* A report that no single interest can be charged with. */
static __always_inline void epoll_count(__u64 epoll, enum counter which, __u64 n)
{
	struct epoll_state *e = epoll_find(epoll);

	if (e)
		__sync_fetch_and_add(&e->v[which - COUNT_EDGES], n);
	count(which, n);
}

/*
 * What an interest counted, once it ends. Functions like this one are global and take scalars only:
 * so the verifier takes each by itself, once, and not at every place that leads to it.
 */
__weak __noinline int epoll_keep(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = bpf_map_lookup_elem(&interests, &key);
	struct epoll_state *e = epoll_find(epoll);

	for (__u32 n = 0; i && e && n < N_INTEREST_COUNTS; n++)
		if (i->v[n])
			__sync_fetch_and_add(&e->v[n], i->v[n]);
	return 0;
}

static __always_inline bool interest_is_ready(const struct interest *i, const struct sock *sk)
{
	__u32 unit;

	if (i->events & EPOLLEXCLUSIVE)
		return false;
	if (i->events & (EPOLLIN | EPOLLRDHUP) && sock_has_ended(sk))
		return true;
	if (i->events & EPOLLPRI && sock_is_tcp(sk) && tcp_is_urgent(sk))
		return true;
	return i->events & (EPOLLIN | EPOLLRDNORM) && sock_unread(sk, &unit);
}

/* A notification of a listener: whether it is of something else than what was found in the queue.
 */
static __always_inline bool listener_has_news(struct interest *i, const struct sock *sk)
{
	if (exchange(&i->first, FIRST_NOTIFIED) != FIRST_FOUND)
		return true;
	return (__s32)(listener_arrived(sk) - i->arrived) > 0;
}

/* A listener was found ready: whether its notification was not counted before. */
static __always_inline bool listener_is_found(struct interest *i, const struct sock *sk)
{
	i->arrived = listener_arrived(sk);
	if (exchange(&i->first, FIRST_FOUND) != FIRST_NOTIFIED)
		return true;
	i->first = FIRST_NOTIFIED;
	return false;
}

static __always_inline bool stream_has_news(struct interest *i, const struct sock *sk)
{
	__u32 next = BPF_CORE_READ((const struct tcp_sock *)sk, rcv_nxt);

	return exchange(&i->arrived, next) != next;
}

/*
 * What a socket was found ready for, and the notification of just that, are one edge; they may come
 * in either order, and at the same time on two CPUs. Each asks whether it is the first. Where that
 * cannot be known, of what is not TCP, it is.
 */
static __always_inline bool notification_is_first(struct interest *i, const struct sock *sk)
{
	if (!sock_is_tcp(sk))
		return true;
	return sock_is_listening(sk) ? listener_has_news(i, sk) : stream_has_news(i, sk);
}

static __always_inline bool finding_is_first(struct interest *i, const struct sock *sk)
{
	if (!sock_is_tcp(sk))
		return true;
	return sock_is_listening(sk) ? listener_is_found(i, sk) : stream_has_news(i, sk);
}

/* A registration or a re-arming that finds its descriptor ready is an edge of its own kind. */
static __always_inline void interest_arm(struct interest *i, const struct sock *sk)
{
	if (!sk || !sees_ready || !interest_is_ready(i, sk) || i->pending)
		return;
	if (!finding_is_first(i, sk) && i->quiet == QUIET_NEW)
		return;
	__sync_fetch_and_add(&i->pending, 1);
	interest_count(i, COUNT_EDGES, 1);
	interest_count(i, COUNT_ARMS, 1);
}

/* Takes in a file that is no socket, for what is registered for it. */
static __always_inline void file_follow(const struct file *file)
{
	static const struct sock_state nothing;
	__u64 key = (__u64)file;

	if (!bpf_map_lookup_elem(&sockets, &key) &&
	    bpf_map_update_elem(&sockets, &key, &nothing, BPF_NOEXIST))
		count(COUNT_LOST_SOCKETS, 1);
}

/* What an interest is in: a socket, or a file that is none. */
static __always_inline __u64 object_of(const struct interest *i)
{
	return i->sock ? i->sock : i->file;
}

/* Enters an interest in an object, by which it is found when that tells of itself or ends. */
static __always_inline void interest_watch(const struct sock *sk, __u64 file,
					   const struct watcher *w)
{
	struct watcher_key at = {.sock = sk ? (__u64)sk : file};
	struct sock_state *s = sock_find((const void *)at.sock);

	if (!s)
		return;
	for (__u32 n = 0; n < MAX_WATCHERS; n++) { /* the first hole, or the end */
		at.index = n;
		if (bpf_map_update_elem(&watchers, &at, w, BPF_NOEXIST))
			continue;
		if (n >= s->watchers)
			s->watchers = n + 1;
		return;
	}
	if (sk) /* any other file misses only that its close ends the interest */
		count(COUNT_LOST_INTERESTS, 1);
}

static __always_inline struct watcher *watcher_find(__u64 sock, __u64 index)
{
	struct watcher_key at = {.sock = sock, .index = index};

	return bpf_map_lookup_elem(&watchers, &at);
}

__weak __noinline int unwatch_one(__u64 sock, __u64 index, __u64 epoll, __u64 data, __u64 fd)
{
	struct watcher_key at = {.sock = sock, .index = index};
	struct watcher *w = watcher_find(sock, index);

	if (w && w->interest.epoll == epoll && w->interest.data == data && w->fd == fd)
		bpf_map_delete_elem(&watchers, &at);
	return 0;
}

static __always_inline void interest_unwatch(__u64 sock, const struct interest_key *key, __u64 fd)
{
	struct sock_state *s = sock_find((const void *)sock);

	for (__u32 n = 0; s && n < MAX_WATCHERS && n < s->watchers; n++)
		unwatch_one(sock, n, key->epoll, key->data, fd);
}

/* The interest is gone; what it counted stays with its epoll instance. */
static __always_inline void interest_end(const struct interest_key *key, struct interest *i)
{
	stall_end(key, i);
	handoff_settle(i, i->holder, COUNT_WASTED);
	epoll_keep(key->epoll, key->data);
	bpf_map_delete_elem(&interests, key);
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
	interest_unwatch(object_of(i), &key, reg->fd);
	if (i->shared)
		i->shared--;
	else
		interest_end(&key, i);
}

/* Whether the file of an interest is still open, for a registration of that data: a close that was
 * not seen (of the last descriptor by dup2, close_range or the end of a process) took the
 * interest's own away too. A file that is no socket does not tell; its number does. */
static __always_inline bool interest_is_alive(const struct interest *i,
					      const struct registration_key *reg)
{
	const struct sock *sk = (const void *)i->sock;

	if (!sk)
		return i->fd != reg->fd || i->file == reg->file;
	return (__u64)BPF_CORE_READ(sk, sk_socket, file) == i->file;
}

/* Whether the edges that lead to reports of it are visible at a socket; of room to write they are
 * not. */
static __always_inline bool interest_is_visible(const struct interest *i)
{
	return sees_ready && i->sock && !(i->events & EPOLLEXCLUSIVE);
}

/* What has to be noted from now on, so that reports of it can be told apart; docs/design.md. */
static __always_inline void interest_compare(const struct interest *i)
{
	if (sees_callbacks || i->events & EPOLLET)
		return;
	if (!interest_is_visible(i) || i->events & EPOLL_ROOM)
		compares_levels = true;
	if (i->events & EPOLL_ROOM)
		compares_room = true;
	if (i->kind == FILE_EVENTFD)
		compares_counts = true;
}

/* The state of its file, with which the next report is compared. */
static __always_inline void interest_note(struct interest *i, __u32 told)
{
	const struct sock_state *s = sock_find((const void *)object_of(i));

	i->told = told;
	i->reported = bpf_ktime_get_ns();
	i->filled = s ? s->filled : 0;
}

/* Whether the position of an interest is how many notifications its socket gave. */
static __always_inline bool interest_hears(const struct interest *i)
{
	return sees_ready && i->sock;
}

/* Fills in an interest that is all zeros yet. */
static __always_inline void interest_begin(struct interest *i, const struct registration_key *reg,
					   const struct sock *sk, __u32 events, enum quiet quiet)
{
	i->sock = (__u64)sk;
	i->file = reg->file;
	i->fd = reg->fd;
	i->events = events;
	i->quiet = quiet;
	i->first = FIRST_NOBODY;
	i->kind = file_kind_of((const void *)reg->file, sk);
	if (sk && sock_is_tcp(sk)) /* all there is, is news */
		i->arrived = BPF_CORE_READ((const struct tcp_sock *)sk, rcv_nxt) - 1;
	interest_compare(i);
	if (quiet != QUIET_ADOPTED || sees_callbacks)
		return;
	interest_note(i, ~0u);
	if (!interest_hears(i))
		i->position = file_position(i->file, i->sock, i->kind);
}

/* Enters a registration; gives its interest, or NULL when there was no room. The kernel does not
 * tell of it yet, but for one that is adopted. */
static __always_inline struct interest *interest_add(const struct registration_key *reg,
						     struct sock *sk, __u32 events, __u64 data,
						     enum quiet quiet)
{
	static const struct interest nothing; /* the stack has no room for one */
	struct watcher watcher = {.interest = {.epoll = reg->epoll, .data = data}, .fd = reg->fd};
	struct interest_key *key = &watcher.interest;
	struct interest *i;

	if (sk)
		sock_follow(sk, true);
	else
		file_follow((const void *)reg->file);
	if (bpf_map_update_elem(&registrations, reg, &data, BPF_ANY)) {
		count(COUNT_LOST_INTERESTS, 1);
		return NULL;
	}
	i = bpf_map_lookup_elem(&interests, key);
	if (i && !interest_is_alive(i, reg)) {
		interest_end(key, i);
		i = NULL;
	}
	if (i) {
		i->shared++;
	} else {
		if (bpf_map_update_elem(&interests, key, &nothing, BPF_NOEXIST))
			count(COUNT_LOST_INTERESTS, 1);
		i = bpf_map_lookup_elem(&interests, key);
		if (i)
			interest_begin(i, reg, sk, events, quiet);
	}
	interest_watch(sk, reg->file, &watcher);
	return i;
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
	if ((i->events | events) & EPOLLEXCLUSIVE)
		return true; /* the kernel refuses that (fs/eventpoll.c, do_epoll_ctl()) */
	if (!(i->events & ~EPOLL_PRIVATE) && events & ~EPOLL_PRIVATE)
		interest_count(i, COUNT_REARMED, 1);
	i->events = events;
	i->quiet = QUIET_REARMED;
	i->left = 0;
	interest_compare(i);
	stall_end(&key, i);
	interest_arm(i, sk);
	return true;
}

static __always_inline struct registration_key registration_of(__u32 epfd, __u32 fd)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();

	return (struct registration_key){
		.epoll = epoll_of(task, epfd), .file = (__u64)file_of(task, fd), .fd = fd};
}

/* EPOLL_CTL_ADD; gives whether there was no such registration. One that is there makes the call
 * fail, unless a close that was not seen ended it. */
static __always_inline bool interest_register(const struct registration_key *reg, __u32 events,
					      __u64 data)
{
	struct sock *sk = sock_of_file((const void *)reg->file);
	__u64 *old = bpf_map_lookup_elem(&registrations, reg);
	struct interest_key key = {.epoll = reg->epoll, .data = old ? *old : 0};
	struct interest *i = old ? bpf_map_lookup_elem(&interests, &key) : NULL;

	if (i && i->sock == (__u64)sk && interest_is_alive(i, reg))
		return false;
	interest_remove(reg);
	i = interest_add(reg, sk, events, data, QUIET_NEW);
	if (i)
		interest_arm(i, sk);
	return true;
}

/* An epoll_ctl(epfd, op, fd, event) that begins; gives whether it adds a registration. */
static __always_inline bool interest_control(__u32 epfd, __u32 op, __u32 fd, __u64 event)
{
	struct registration_key reg = registration_of(epfd, fd);
	struct sock *sk = sock_of_file((const void *)reg.file);
	__u32 events = 0;
	__u64 data = 0;

	if (!reg.epoll || !reg.file)
		return false;
	if (op == EPOLL_CTL_DEL) {
		interest_remove(&reg);
		return false;
	}
	bpf_probe_read_user(&events, sizeof(events), (const void *)event);
	bpf_probe_read_user(&data, sizeof(data), (const void *)(event + EVENT_DATA));
	if (op == EPOLL_CTL_ADD)
		return interest_register(&reg, events, data);
	if (op != EPOLL_CTL_MOD || interest_change(&reg, sk, events, data))
		return false;
	interest_remove(&reg); /* its data is new */
	return interest_register(&reg, events, data);
}

/* An EPOLL_CTL_ADD of what was thought to be registered succeeded: that had ended unseen. */
static __always_inline void interest_renew(__u32 epfd, __u32 fd, __u64 event)
{
	struct registration_key reg = registration_of(epfd, fd);

	interest_remove(&reg);
	interest_control(epfd, EPOLL_CTL_ADD, fd, event);
}

/* The counts of an interest that never came about. */
__weak __noinline int uncount(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = bpf_map_lookup_elem(&interests, &key);

	for (__u32 n = 0; i && n < N_INTEREST_COUNTS; n++) {
		if (!i->v[n])
			continue;
		count(COUNT_EDGES + n, -i->v[n]);
		i->v[n] = 0;
	}
	return 0;
}

/* The epoll_ctl() that added this failed. */
static __always_inline void interest_undo(__u32 epfd, __u32 fd)
{
	struct registration_key reg = registration_of(epfd, fd);
	__u64 *data = bpf_map_lookup_elem(&registrations, &reg);

	if (!data)
		return;
	uncount(reg.epoll, *data);
	interest_remove(&reg);
}

__weak __noinline int forget_one(__u64 sock, __u64 index)
{
	struct watcher_key at = {.sock = sock, .index = index};
	struct watcher *w = watcher_find(sock, index);
	struct registration_key reg;
	struct interest_key key;
	struct interest *i;

	if (!w)
		return 0;
	key = w->interest;
	reg.epoll = key.epoll;
	reg.fd = w->fd;
	bpf_map_delete_elem(&watchers, &at);
	i = bpf_map_lookup_elem(&interests, &key);
	if (!i)
		return 0;
	reg.file = i->file;
	bpf_map_delete_elem(&registrations, &reg);
	if (i->shared)
		i->shared--;
	else
		interest_end(&key, i);
	return 0;
}

/* The last descriptor of a socket, or of a file that is none, is closed: the kernel takes its
 * registrations away without an epoll_ctl(). */
static __always_inline void sock_forget(const void *object)
{
	struct sock_state *s = sock_find(object);
	__u64 key = address_of(object);

	if (!s)
		return;
	for (__u32 n = 0; n < MAX_WATCHERS && n < s->watchers; n++)
		forget_one(key, n);
	bpf_map_delete_elem(&sockets, &key);
}

#endif
