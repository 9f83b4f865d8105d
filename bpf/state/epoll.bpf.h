/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The kernel's numbers of epoll, and the target's epoll instances. */
#ifndef WAKELAB_EPOLL_BPF_H
#define WAKELAB_EPOLL_BPF_H

#include "task.bpf.h"
#include "unread.bpf.h"

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

/* struct epoll_event as the target has it */
struct user_event {
	__u32 events;
	__u64 data;
#if defined(__TARGET_ARCH_x86)
} __attribute__((packed));
#else
};
#endif

/* Of the running task; false: it cannot be read, or not without sleeping. */
static __always_inline bool event_read(struct user_event *event, __u64 address)
{
	return !bpf_probe_read_user(event, sizeof(*event), (const void *)address);
}

/* What an instance counted; NULL if there was no room for it. */
static __always_inline struct epoll_state *epoll_own(__u64 epoll)
{
	__u32 place = epoll;

	return epoll && epoll < MAX_EPOLLS ? bpf_map_lookup_elem(&epolls, &place) : NULL;
}

/* The same, or what those count together that have no room of their own. */
static __always_inline struct epoll_state *epoll_find(__u64 epoll)
{
	__u32 place = epoll < MAX_EPOLLS ? epoll : 0;

	return bpf_map_lookup_elem(&epolls, &place);
}

/* An interest of an instance has an edge: so has the instance, for whom it is registered with. */
static __always_inline void epoll_told(__u64 epoll)
{
	struct epoll_state *e = compares_nested ? epoll_own(epoll) : NULL;

	if (e)
		__sync_fetch_and_add(&e->told, 1);
}

/*
 * Whether the running program has the two times of an instance for itself, until epoll_swept(). Of
 * two that meet there one goes without: it learns nothing, or leaves nothing to learn. exchange()
 * orders what stands around it.
 */
static __always_inline bool epoll_sweep(struct epoll_state *e)
{
	return !exchange(&e->sweeping, 1);
}

static __always_inline void epoll_swept(struct epoll_state *e)
{
	exchange(&e->sweeping, 0);
}

/* Gives the epoll instance behind a file an id of its own: its address may be another's tomorrow.
 */
static __always_inline __u64 epoll_begin(__u64 address, __u32 tgid, __u32 fd)
{
	__u64 id = next_number(&epolls_used) + 1;
	struct epoll_state *e = epoll_own(id);

	__sync_fetch_and_add(&epolls_news, 1);
	if (bpf_map_update_elem(&epoll_ids, &address, &id, BPF_ANY))
		return address;
	if (e) {
		e->tgid = tgid;
		e->fd = fd;
	}
	return id;
}

/* The address of the struct eventpoll; 0 if the descriptor leads to none. */
static __always_inline __u64 epoll_address(const struct task_struct *task, __u32 fd)
{
	const struct file *file = file_of_kind(task, fd, FILE_EPOLL);

	return file ? address_of(READ(file, private_data)) : 0;
}

static __always_inline __u64 epoll_id(__u64 address, const struct task_struct *task, __u32 fd)
{
	__u64 *id = address ? bpf_map_lookup_elem(&epoll_ids, &address) : NULL;

	if (!address)
		return 0;
	return id ? *id : epoll_begin(address, tgid_of(task), fd);
}

/* The id of the epoll instance; 0 if the descriptor leads to none. */
static __always_inline __u64 epoll_of(const struct task_struct *task, __u32 fd)
{
	return epoll_id(epoll_address(task, fd), task, fd);
}

/* Who waits on an instance, whose state is t, watches the listeners that it had before tracing
 * began: who registered them is not known. */
static __always_inline void epoll_watched(struct task_state *t, struct epoll_state *e)
{
	__u32 n = e->listeners ? exchange(&e->listeners, 0) : 0;

	if (n)
		thread_count(t, COUNT_WATCHES, n);
}

/* An instance tells the running task something, whose state is t. */
static __always_inline void epoll_tells(struct task_state *t, __u64 epoll)
{
	struct epoll_state *e = epoll_own(epoll);
	__u32 tid = t->stats.key.tid;

	if (!e)
		return;
	epoll_watched(t, e);
	if (!e->waiter)
		e->waiter = tid;
	else if (e->waiter != tid)
		e->shared = 1;
}

/* Whether an instance has told one thread alone. */
static __always_inline bool epoll_is_of_one(__u64 epoll)
{
	const struct epoll_state *e = epoll_own(epoll);

	return e && !e->shared;
}

/* The id of the instance on which the running task, whose state is t, has waited, and so is one:
 * most threads use one. */
static __always_inline __u64 epoll_waited(struct task_state *t, __u32 fd)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct file *file = file_of(task, fd);
	__u64 address = file ? address_of(READ(file, private_data)) : 0;
	__u32 news = *(volatile __u32 *)&epolls_news;

	if (t->epoll_address != address || t->epolls != news) {
		t->epoll = epoll_of(task, fd);
		t->epoll_address = address;
		t->epolls = news;
		epoll_tells(t, t->epoll);
	}
	return t->epoll;
}

/*
 * What an interest counted, once it ends. Functions like this one are global and take scalars only:
 * so the verifier takes each by itself, once, and not at every place that leads to it.
 */
__weak __noinline int epoll_keep(__u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct interest *i = interest_find(&key);
	struct epoll_state *e = epoll_find(epoll);

	for (__u32 n = 0; i && e && n < N_INTEREST_COUNTS; n++)
		if (i->v[n])
			__sync_fetch_and_add(&e->v[n], i->v[n]);
	return 0;
}

/* Whether an item of an epoll instance's list of what is ready has something to read: what was told
 * of level-triggered stays there until the instance is asked again. */
__weak __noinline int item_is_ready(__u64 link, __u64 reader)
{
	const struct list_head *at = (const void *)link;
	const struct epitem *item = container_of(at, struct epitem, rdllink);
	const struct file *file = READ(item, ffd.file);
	struct sock *sk = sock_of_file(file);

	return READ(item, event.events) & EPOLLIN &&
	       plain_unread(address_of(file), address_of(sk), file_kind_of(file, sk), reader,
			    ASKED_WHETHER);
}

#define READY_ITEMS 64 /* of one instance that are looked through */

static __always_inline __u64 epoll_unread(__u64 address, __u64 reader)
{
	const struct file *file = (const void *)address;
	const struct eventpoll *epoll = READ(file, private_data);
	__u64 end = address_of(epoll) + bpf_core_field_offset(epoll->rdllist);
	__u64 link = address_of(READ(epoll, rdllist.next)), n = 0;

	for (__u32 i = 0; i < READY_ITEMS && link && link != end; i++) {
		n += item_is_ready(link, reader);
		link = address_of(READ((const struct list_head *)link, next));
	}
	return n;
}

/* The same of any file. */
static __always_inline __u64 file_unread(__u64 file, __u64 sk, __u32 kind, __u64 reader)
{
	return kind == FILE_EPOLL ? epoll_unread(file, reader)
				  : plain_unread(file, sk, kind, reader, ASKED_AMOUNT);
}

/* Global, for what is long: the verifier would follow that for each kind of file. */
__weak __noinline __u64 file_unread_apart(__u64 file, __u64 sk, __u32 kind, __u64 reader)
{
	return file_unread(file, sk, kind, reader);
}

#define MAX_ITEMS 64 /* of one file that are looked through */

/* Whether an item is the registration of a descriptor with the instance of that id. */
__weak __noinline int item_is_of(__u64 address, __u64 epoll, __u32 fd)
{
	const struct epitem *item = (const void *)address;
	__u64 instance = address_of(READ(item, ep));
	__u64 *id = bpf_map_lookup_elem(&epoll_ids, &instance);

	return id && *id == epoll && READ(item, ffd.fd) == (int)fd;
}

/* The same among all of a file's; 0: there is none, or it is not to be found. */
__weak __noinline __u64 item_find(__u64 epoll, __u64 address, __u32 fd)
{
	const struct file *file = (const void *)address;
	__u64 node = items_first(file), item;

	for (__u32 i = 0; node && i < MAX_ITEMS; i++) {
		item = item_of_node(node);
		if (item_is_of(item, epoll, fd))
			return item;
		node = items_next(file, node);
	}
	return 0;
}

#endif
