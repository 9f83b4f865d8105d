// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What the tracepoints do not show: whom a wait queue tells, and of what. These are functions
 * inside the kernel, hooked where it lets us; they run with interrupts off, so nothing comes
 * between.
 */
#include "edges.bpf.h"

/* That a socket has something to read was announced by itself, a moment ago. */
static __always_inline bool is_announced(struct cpu_state *cpu, __u64 sock, __u32 flags)
{
	return flags & EPOLL_READABLE && cpu->ready && cpu->source == sock &&
	       cpu->task == bpf_get_current_task() && cpu->context == context(cpu);
}

/* A file, or the socket that it is, tells a waiter that it is ready. */
static __always_inline void callback_announce(__u64 sock, __u64 file, __u32 flags)
{
	struct cpu_state *cpu = cpu_current();

	if (cpu && !(sock && is_announced(cpu, sock, flags)))
		announce(cpu, sock ? sock : file, bpf_ktime_get_ns());
}

/* What sk_data_ready and its kin show of a socket is counted there. Left are room to write, a
 * connection that came about (told without flags), and all that an exclusive waiter is told. */
static __always_inline bool callback_is_news(const struct interest *i, __u32 flags)
{
	if (!i->sock || i->events & EPOLLEXCLUSIVE || !sees_ready)
		return true;
	if (!(i->events & EPOLLOUT))
		return false;
	return flags ? !(flags & EPOLL_SEEN) : !sock_has_ended((const void *)i->sock);
}

/* The kernel's own condition (fs/eventpoll.c, ep_poll_callback(), 6.12). */
static __always_inline bool callback_concerns(const struct interest *i, __u32 flags)
{
	return i->events & ~EPOLL_PRIVATE && (!flags || flags & i->events);
}

static __always_inline int epoll_callback(const struct wait_queue_entry *wait, const void *flags)
{
	const struct epitem *item = READ(container_of(wait, struct eppoll_entry, wait), base);
	__u64 address = (__u64)READ(item, ep);
	__u64 *id = bpf_map_lookup_elem(&epoll_ids, &address);
	struct interest_key key = {};
	struct interest *i;

	if (!id)
		return 0;
	key.epoll = *id;
	key.data = READ(item, event.data);
	i = interest_find(&key);
	if (!i || !callback_concerns(i, (__u64)flags))
		return 0;
	callback_announce(i->sock, i->file, (__u64)flags);
	if (callback_is_news(i, (__u64)flags))
		interest_edge(&key, i);
	return 0;
}

SEC("?fentry/ep_poll_callback")
int BPF_PROG(on_epoll_callback, struct wait_queue_entry *wait, unsigned mode, int sync, void *flags)
{
	return epoll_callback(wait, flags);
}

SEC("?kprobe/ep_poll_callback")
int BPF_KPROBE(on_epoll_callback_kprobe, struct wait_queue_entry *wait, unsigned mode, int sync,
	       void *flags)
{
	return epoll_callback(wait, flags);
}

/* A file tells poll() or select() that it is ready. */
static __always_inline int poll_wake(const struct wait_queue_entry *wait, const void *flags)
{
	const struct poll_wqueues *waiter = READ(wait, private);
	const struct file *file;

	if (!task_find(READ(waiter, polling_task)))
		return 0;
	file = READ(container_of(wait, struct poll_table_entry, wait), filp);
	callback_announce((__u64)sock_of_file(file), (__u64)file, (__u64)flags);
	return 0;
}

SEC("?fentry/pollwake")
int BPF_PROG(on_poll_wake, struct wait_queue_entry *wait, unsigned mode, int sync, void *flags)
{
	return poll_wake(wait, flags);
}

SEC("?kprobe/pollwake")
int BPF_KPROBE(on_poll_wake_kprobe, struct wait_queue_entry *wait, unsigned mode, int sync,
	       void *flags)
{
	return poll_wake(wait, flags);
}
