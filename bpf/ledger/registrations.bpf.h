/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the target registers with its epoll instances, and takes out again, by epoll_ctl() or by
 * closing the file. */
#ifndef WAKELAB_REGISTRATIONS_BPF_H
#define WAKELAB_REGISTRATIONS_BPF_H

#include "interests.bpf.h"
#include "keepers.bpf.h"
#include "watchers.bpf.h"

/* Global, like interest_watch(). */
__weak __noinline int interest_remove(__u64 epoll, __u64 file, __u64 fd)
{
	struct registration_key reg = {.epoll = epoll, .file = file, .fd = fd};
	struct interest_key key = {.epoll = epoll};
	__u64 *data = bpf_map_lookup_elem(&registrations, &reg);
	struct interest *i;

	if (!data)
		return 0;
	key.data = *data;
	bpf_map_delete_elem(&registrations, &reg);
	i = interest_find(&key);
	if (!i)
		return 0;
	interest_unwatch(object_of(i), epoll, key.data, fd);
	if (i->shared)
		i->shared--;
	else
		interest_end(&key, i);
	return 0;
}

/* Notes what a registration's data is; false: there was no room, or one that is to be adopted is
 * known already, because epoll_ctl() made or changed it since tracing began. */
static __always_inline bool registration_note(const struct registration_key *reg, __u64 data,
					      enum quiet quiet)
{
	bool adopted = quiet == QUIET_ADOPTED;

	if (!bpf_map_update_elem(&registrations, reg, &data, adopted ? BPF_NOEXIST : BPF_ANY))
		return true;
	if (!adopted || !bpf_map_lookup_elem(&registrations, reg))
		count(COUNT_LOST_INTERESTS, 1);
	return false;
}

/* An instance has one registration of a file and a number: this one, whoever entered it. */
static __always_inline bool interest_is_of(const struct interest *i,
					   const struct registration_key *reg)
{
	return i->file == reg->file && i->fd == reg->fd;
}

/* Enters a registration; gives its interest, or NULL when there was no room. The kernel does not
 * tell of it yet, but for one that is adopted. */
static __always_inline struct interest *interest_add(const struct registration_key *reg,
						     struct sock *sk, __u32 events, __u64 data,
						     enum quiet quiet)
{
	struct interest_key key = {.epoll = reg->epoll, .data = data};
	struct interest *i;
	__u32 *place, made;

	if (sk)
		sock_follow(sk, true);
	else if (reg->file)
		file_follow((const void *)reg->file);
	if (!registration_note(reg, data, quiet))
		return NULL;
	i = interest_find(&key);
	if (i && interest_is_of(i, reg) && quiet == QUIET_ADOPTED)
		return NULL; /* epoll_ctl() was faster */
	if (i && (interest_is_of(i, reg) || !interest_is_alive(i, reg))) {
		interest_end(&key, i);
		i = NULL;
	}
	if (i) {
		i->shared++;
	} else {
		i = interest_make(&key, &made);
		if (i)
			interest_begin(i, reg, sk, events, quiet);
		if (!i || !interest_show(i, &key, made)) {
			count(COUNT_LOST_INTERESTS, 1);
			i = NULL;
		}
	}
	place = bpf_map_lookup_elem(&interests, &key);
	/* any file that is no socket misses only that its close ends the interest */
	if (place && !interest_watch(sk ? address_of(sk) : reg->file, *place, reg->fd) && sk)
		count(COUNT_LOST_INTERESTS, 1);
	return i;
}

/* It is armed: its thread need not look. */
static __always_inline void interest_unlist(struct interest *i)
{
	struct task_state *t = i->left && !i->sock ? task_current() : NULL;

	if (t)
		left_remove(i, t);
	else
		i->left = 0;
}

/* The registration stays and so does what it has pending; false if its data is new as well. */
static __always_inline bool interest_change(const struct registration_key *reg,
					    const struct sock *sk, __u32 events, __u64 data)
{
	struct interest_key key = {.epoll = reg->epoll, .data = data};
	__u64 *old = bpf_map_lookup_elem(&registrations, reg);
	struct interest *i = interest_find(&key);

	if (!old || *old != data || !i)
		return false;
	if ((i->events | events) & EPOLLEXCLUSIVE)
		return true; /* the kernel refuses that (fs/eventpoll.c, do_epoll_ctl()) */
	/* of two threads that do so at once, one ends the silence */
	if (!(exchange(&i->events, events) & ~EPOLL_PRIVATE) && events & ~EPOLL_PRIVATE)
		interest_count(i, COUNT_REARMED, 1);
	i->quiet = QUIET_REARMED;
	interest_unlist(i);
	i->untaken = 0;
	interest_compare(i);
	interest_follow(i);
	stall_end_read(&key, i); /* somebody takes care of it */
	if (events & ~EPOLL_PRIVATE)
		waiting_end(&key, i);
	interest_arm(i, sk);
	return true;
}

static __always_inline struct registration_key registration_of(__u32 epfd, __u32 fd)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();

	return (struct registration_key){
		.epoll = epoll_of(task, epfd), .file = (__u64)file_of(task, fd), .fd = fd};
}

/* Whether there is such a registration, and its file is still open. Global, like interest_watch().
 */
__weak __noinline int registration_stands(__u64 epoll, __u64 file, __u64 fd)
{
	struct registration_key reg = {.epoll = epoll, .file = file, .fd = fd};
	struct sock *sk = sock_of_file((const void *)file);
	__u64 *data = bpf_map_lookup_elem(&registrations, &reg);
	struct interest_key key = {.epoll = epoll, .data = data ? *data : 0};
	struct interest *i = data ? interest_find(&key) : NULL;

	return i && i->sock == (__u64)sk && interest_is_alive(i, &reg);
}

__weak __noinline int interest_enter(__u64 epoll, __u64 file, __u64 fd, __u32 events, __u64 data)
{
	struct registration_key reg = {.epoll = epoll, .file = file, .fd = fd};
	struct sock *sk = sock_of_file((const void *)file);
	struct interest *i = interest_add(&reg, sk, events, data, QUIET_NEW);

	if (i)
		interest_arm(i, sk);
	return 0;
}

/* EPOLL_CTL_ADD. A registration that is there makes the call fail, unless a close that was not seen
 * ended it. */
static __always_inline enum control interest_register(const struct registration_key *reg,
						      __u32 events, __u64 data)
{
	if (registration_stands(reg->epoll, reg->file, reg->fd))
		return CONTROL_NOTHING;
	interest_remove(reg->epoll, reg->file, reg->fd);
	interest_enter(reg->epoll, reg->file, reg->fd, events, data);
	return CONTROL_ADDED;
}

/* An epoll_ctl(epfd, op, fd, event) that begins. */
static __always_inline enum control interest_control(__u32 epfd, __u32 op, __u32 fd, __u64 address)
{
	struct registration_key reg = registration_of(epfd, fd);
	struct sock *sk = sock_of_file((const void *)reg.file);
	struct user_event event = {};

	if (!reg.epoll || !reg.file)
		return CONTROL_NOTHING;
	if (op == EPOLL_CTL_DEL) {
		interest_remove(reg.epoll, reg.file, reg.fd);
		return CONTROL_NOTHING;
	}
	if (!event_read(&event, address))
		return CONTROL_UNREAD;
	if (op == EPOLL_CTL_ADD)
		return interest_register(&reg, event.events, event.data);
	if (op != EPOLL_CTL_MOD || interest_change(&reg, sk, event.events, event.data))
		return CONTROL_NOTHING;
	interest_remove(reg.epoll, reg.file, fd); /* its data is new */
	return interest_register(&reg, event.events, event.data);
}

/*
 * An epoll_ctl() succeeded that could not be judged when it began. What an EPOLL_CTL_ADD registers
 * and was thought to be registered had ended unseen. What could not be read then the kernel has
 * fetched since.
 */
static __always_inline void interest_renew(__u32 epfd, __u32 op, __u32 fd, __u64 event)
{
	struct registration_key reg = registration_of(epfd, fd);

	if (op == EPOLL_CTL_ADD)
		interest_remove(reg.epoll, reg.file, reg.fd);
	if (interest_control(epfd, op, fd, event) == CONTROL_UNREAD)
		count(COUNT_LOST_INTERESTS, 1);
}

/* The counts of an interest that never came about. */
__weak __noinline int uncount(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);

	for (__u32 n = 0; i && n < N_INTEREST_COUNTS; n++) {
		count(COUNT_EDGES + n, -i->v[n]);
		i->v[n] = 0;
	}
	return 0;
}

/* While registrations are adopted one may be taken in that ends at that moment: of it the kernel
 * knows no more. */
static __always_inline void interest_recheck(const struct task_struct *task, __u32 epfd, __u32 fd)
{
	__u64 epoll = epoll_of(task, epfd), file = address_of(file_of(task, fd));

	if (epoll && file && !registration_is_there(epoll, file, fd, true))
		interest_remove(epoll, file, fd);
}

/* The epoll_ctl() that added this failed. */
static __always_inline void interest_undo(__u32 epfd, __u32 fd)
{
	struct registration_key reg = registration_of(epfd, fd);
	__u64 *data = bpf_map_lookup_elem(&registrations, &reg);
	struct interest_key key = {.epoll = reg.epoll, .data = data ? *data : 0};
	const struct interest *i = data ? interest_find(&key) : NULL;

	if (!data)
		return;
	if (i && !i->shared && interest_is_of(i, &reg)) /* what it counted is its own */
		uncount(reg.epoll, *data);
	interest_remove(reg.epoll, reg.file, reg.fd);
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
	i = interest_in(sock, w->place);
	reg.fd = w->fd;
	bpf_map_delete_elem(&watchers, &at);
	if (!i)
		return 0;
	key = i->key;
	reg.epoll = key.epoll;
	reg.file = i->file;
	bpf_map_delete_elem(&registrations, &reg);
	if (i->shared)
		i->shared--;
	else
		interest_end(&key, i);
	return 0;
}

__weak __noinline int forget_part(__u64 sock, __u32 from, __u32 n)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		forget_one(sock, from + i);
	return 0;
}

__weak __noinline int stop_one(__u64 sock, __u64 index)
{
	struct watcher *w = watcher_find(sock, index);
	struct interest *i = w ? interest_in(sock, w->place) : NULL;

	if (!i)
		return 0;
	stall_end_gone(&i->key, i);
	waiting_end_gone(&i->key, i, false);
	return 0;
}

__weak __noinline int stop_part(__u64 sock, __u32 from, __u32 n)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		stop_one(sock, from + i);
	return 0;
}

/* A socket listens no more: the kernel throws away what waits to be accepted, which is not to be
 * taken for read. */
static __always_inline void interests_stop(const struct sock *sk)
{
	const struct sock_state *s = sock_find(sk);

	if (s && s->left)
		FOR_EACH_PART(stop_part, address_of(sk), s, 0);
}

/* The last descriptor of a socket, or of a file that is none, is closed: the kernel takes its
 * registrations away without an epoll_ctl(). */
static __always_inline void sock_forget(const void *object)
{
	__u64 key = address_of(object);
	struct sock_state *s = object_find(key);

	if (!s)
		return;
	if (s->listens)
		backlog_end(key);
	connection_closed(s);
	FOR_EACH_PART(forget_part, key, s, 0);
	bpf_map_delete_elem(&sockets, &key);
}

#endif
