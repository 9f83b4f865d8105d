/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What writes leave to be sent when their thread falls asleep: a small one that waits for the
 * peer's ACK (Nagle's algorithm), and one that found no room while nothing tells of room.
 */
#ifndef WAKELAB_UNSENT_BPF_H
#define WAKELAB_UNSENT_BPF_H

#include "calls.bpf.h"
#include "epoll.bpf.h"
#include "notes.bpf.h"
#include "rearms.bpf.h"
#include "watchers.bpf.h"

#define TCP_NAGLE_OFF 1 /* include/linux/tcp.h: TCP_NODELAY */

/* So many descriptors of a poll() are looked at. */
#define MAX_ASKED 32

/* An ACK is held back for at least 40 ms and at most 200 ms (include/net/tcp.h, TCP_DELACK_MIN and
 * TCP_DELACK_MAX, 6.18), counted from a moment before. */
#define ACK_DELAY_LEAST 35000000
#define ACK_DELAY_MOST  250000000

/*
 * Whether the end of what was written is held by Nagle's algorithm: it is less than a segment, has
 * not been sent, something before it is not acknowledged, and the peer's window would take it
 * (net/ipv4/tcp_output.c, tcp_nagle_check(), 6.18).
 */
static __always_inline bool tcp_is_held(const struct sock *sk)
{
	const struct tcp_sock *tcp = (const void *)sk;
	__u32 end = READ(tcp, write_seq), next = READ(tcp, snd_nxt), acked = READ(tcp, snd_una);
	__u32 unsent = end - next;

	if (!unsent || unsent >= READ(tcp, mss_cache) || next == acked)
		return false;
	if (end - acked > READ(tcp, snd_wnd))
		return false;
	return !(BPF_CORE_READ_BITFIELD_PROBED(tcp, nonagle) & TCP_NAGLE_OFF);
}

/* The running thread, which wrote twice to that descriptor, falls asleep. Global, with scalar
 * arguments: verified once. */
__weak __noinline int nagle_look(__u32 fd)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), fd);
	const struct sock *sk = sock_of_file(file);
	struct task_state *t = task_current();
	struct held held = {.since = bpf_ktime_get_ns(), .fd = fd};
	__u64 key = address_of(sk);
	struct evidence *e;

	if (!t || !sk || !sock_is_tcp(sk) || !tcp_is_held(sk))
		return 0;
	held.tgid = t->stats.tgid;
	e = evidence_enter(EVIDENCE_NAGLE, held.tgid, fd);
	if (!e)
		return 0;
	evidence_by(e, t);
	evidence_file(EVIDENCE_NAGLE, held.tgid, fd, file);
	bpf_map_update_elem(&helds, &key, &held, BPF_ANY);
	holds = true;
	return 0;
}

/* A socket becomes ready: what was held has been sent by now, and answered. */
__weak __noinline int nagle_end(__u64 sock, __u64 now)
{
	struct held *had = bpf_map_lookup_elem(&helds, &sock), held;
	struct evidence *e;
	__u64 ns;

	if (!had)
		return 0;
	held = *had;
	bpf_map_delete_elem(&helds, &sock);
	e = evidence_find(EVIDENCE_NAGLE, held.tgid, held.fd);
	ns = now - held.since;
	if (!e)
		return 0;
	if (ns >= ACK_DELAY_LEAST && ns <= ACK_DELAY_MOST)
		evidence_lasted(e, ns);
	else if (!e->count)
		evidence_drop(EVIDENCE_NAGLE, held.tgid, held.fd);
	return 0;
}

/* Whether room to write to the descriptor is asked for by the poll() of n descriptors that the
 * running thread sleeps in; if it cannot be known, it is. */
__weak __noinline int poll_asks(__u64 fds, __u32 n, __u32 fd)
{
	struct {
		__s32 fd;
		__s16 events, revents;
	} one;

	if (n > MAX_ASKED)
		return true;
	for (__u32 i = 0; i < MAX_ASKED && i < n; i++)
		if (bpf_probe_read_user(&one, sizeof(one), (const void *)(fds + i * sizeof(one))) ||
		    (one.fd == (__s32)fd && one.events & EPOLL_ROOM))
			return true;
	return false;
}

static __always_inline bool select_asks(__u64 set, __u32 fd)
{
	__u64 word;

	if (!set)
		return false;
	if (bpf_probe_read_user(&word, sizeof(word), (const void *)(set + fd / 64 * sizeof(word))))
		return true;
	return word >> fd % 64 & 1;
}

__weak __noinline int one_tells_of_room(__u64 object, __u64 index)
{
	struct watcher *w = watcher_find(object, index);
	struct interest *i = w ? interest_in(object, w->place) : NULL;

	return i && i->events & EPOLL_ROOM;
}

__weak __noinline int room_is_registered(__u64 object, __u32 from, __u32 n)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		if (one_tells_of_room(object, from + i))
			return true;
	return false;
}

/* Whether an instance of the target's tells somebody of room in what the file is. */
static __always_inline bool epoll_asks(const struct file *file)
{
	const struct sock *sk = sock_of_file(file);
	__u64 object = sk ? address_of(sk) : address_of(file);
	const struct sock_state *s = object_find(object);
	bool asks = false;

	if (s)
		FOR_EACH_PART(asks |= room_is_registered, object, s, 0);
	return asks;
}

/* The running thread, whose write to that descriptor found no room, falls asleep in a wait. */
__weak __noinline int room_look(__u32 fd)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), fd);
	struct task_state *t = task_current();
	struct evidence *e;

	if (!t || !file || epoll_asks(file) ||
	    (t->kind == KIND_POLL && poll_asks(t->args[0], t->args[1], fd)) ||
	    (t->kind == KIND_SELECT && select_asks(t->args[2], fd)))
		return 0;
	e = evidence_enter(EVIDENCE_ROOM, t->stats.tgid, fd);
	if (!e || e->part)
		return 0;
	evidence_by(e, t);
	evidence_describe(EVIDENCE_ROOM, t->stats.tgid, fd, address_of(file));
	e->row = t->short_row;
	e->unit = UNREAD_BYTES;
	e->amount = sock_queued(sock_of_file(file));
	e->since = bpf_ktime_get_ns();
	e->part = 1;
	lacks_room = true;
	return 0;
}

/* Something was written to the descriptor after all, or it is closed. */
__weak __noinline int room_end(__u32 tgid, __u32 fd)
{
	struct evidence *e = evidence_find(EVIDENCE_ROOM, tgid, fd);
	__u64 ns;

	if (!e || !e->part)
		return 0;
	ns = bpf_ktime_get_ns() - e->since;
	e->part = 0;
	e->since = 0;
	if (ns >= stall_ns)
		evidence_lasted(e, ns);
	else if (!e->count)
		evidence_drop(EVIDENCE_ROOM, tgid, fd);
	return 0;
}

/* A write returned. */
static __always_inline void write_leaves(struct task_state *t, __s64 ret)
{
	__u32 fd = t->args[t->kind == KIND_SPLICE ? 2 : 0];
	bool cut = t->kind == KIND_WRITE && ret >= 0 && (__u64)ret < t->args[2];

	if (ret > 0) {
		t->wrote = t->wrote_fd == fd ? t->wrote + 1 : 1;
		t->wrote_fd = fd;
		if (lacks_room)
			room_end(t->stats.tgid, fd);
		if (disarms_files)
			file_written(fd);
		if (disarmed_waits)
			sock_touched(fd);
	}
	if (cut || ret == -EAGAIN) {
		t->short_row = t->row;
		t->short_fd = fd;
	} else if (t->short_fd == fd) {
		t->short_row = 0;
	}
}

/* The running thread falls asleep in a call. */
static __always_inline void unsent_look(struct task_state *t)
{
	if (!t->waiting)
		return;
	if (t->wrote > 1)
		nagle_look(t->wrote_fd);
	t->wrote = 0;
	if (t->short_row && t->class == CLASS_MUX)
		room_look(t->short_fd);
}

#endif
