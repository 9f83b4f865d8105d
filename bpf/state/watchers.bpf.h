/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* From a socket, or a file that is none, to the interests in it: whom it tells of itself. */
#ifndef WAKELAB_WATCHERS_BPF_H
#define WAKELAB_WATCHERS_BPF_H

#include "places.bpf.h"
#include "socket.bpf.h"

/* A list of watchers is walked in parts, like a thread's in lists.bpf.h. */
#define WATCHERS_PART 256
#define MAX_WATCHERS  MAX_INTERESTS

/* Calls walk(object, from, n, ...) for each part of a list from that watcher on. */
#define FOR_EACH_PART(walk, object, s, from, ...)                                                  \
	for (__u32 _at = (from); _at < MAX_WATCHERS && _at < (s)->watchers; _at += WATCHERS_PART)  \
	walk(object, _at, (s)->watchers, ##__VA_ARGS__)

/* What an interest is in: a socket, or a file that is none. */
static __always_inline __u64 object_of(const struct interest *i)
{
	return i->sock ? i->sock : i->file;
}

/* The interest in an object that has this place; NULL if that ended. */
static __always_inline struct interest *interest_in(__u64 object, __u32 place)
{
	struct interest *i = interest_at(place);

	return i && i->key.epoll && object_of(i) == object ? i : NULL;
}

static __always_inline struct watcher *watcher_find(__u64 sock, __u64 index)
{
	struct watcher_key at = {.sock = sock, .index = index};

	return bpf_map_lookup_elem(&watchers, &at);
}

/* Puts a watcher into a hole of this part of a list; gives whether there was one. Global, with
 * scalar arguments, as are those below: a program may do it in several places, and has it verified
 * once. */
__weak __noinline int hole_fill(__u64 object, __u32 from, __u32 n, __u32 place, __u32 fd)
{
	struct watcher w = {.place = place, .fd = fd};
	struct watcher_key at = {.sock = object};

	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++) {
		at.index = from + i;
		if (bpf_map_update_elem(&watchers, &at, &w, BPF_NOEXIST))
			continue;
		return from + i + 1;
	}
	return 0;
}

/* The same anywhere in it; gives the index behind. */
static __always_inline __u32 holes_fill(__u64 object, struct sock_state *s, __u32 place, __u32 fd)
{
	__u32 filled = 0;

	for (__u32 at = 0; !filled && at < MAX_WATCHERS && at < s->watchers; at += WATCHERS_PART)
		filled = hole_fill(object, at, s->watchers, place, fd);
	if (filled)
		__sync_fetch_and_add(&s->holes, -1);
	return filled;
}

/* Enters an interest in an object, by which it is found when that tells of itself or ends; gives
 * whether there was room for it. A new index is nobody else's: what stands there is from an object
 * that had this address before. */
__weak __noinline int interest_watch(__u64 object, __u32 place, __u32 fd)
{
	struct watcher w = {.place = place, .fd = fd};
	struct sock_state *s = object_find(object);
	struct watcher_key at = {.sock = object};

	if (!s)
		return 1;
	at.index = s->holes ? holes_fill(object, s, place, fd) : 0;
	if (!at.index) {
		at.index = next_number(&s->watchers);
		if (at.index >= MAX_WATCHERS || bpf_map_update_elem(&watchers, &at, &w, BPF_ANY)) {
			__sync_fetch_and_add(&s->holes, 1);
			return 0;
		}
		at.index++;
	}
	if (at.index == 1)
		s->first = place + 1;
	return 1;
}

__weak __noinline int unwatch_one(__u64 sock, __u64 index, __u32 place, __u32 fd)
{
	struct watcher_key at = {.sock = sock, .index = index};
	struct watcher *w = watcher_find(sock, index);
	struct sock_state *s = object_find(sock);

	if (!w || !s || w->place != place || w->fd != fd)
		return 0;
	if (!index)
		s->first = 0;
	if (!bpf_map_delete_elem(&watchers, &at))
		__sync_fetch_and_add(&s->holes, 1);
	return 0;
}

__weak __noinline int unwatch_part(__u64 sock, __u32 from, __u32 n, __u32 place, __u32 fd)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		unwatch_one(sock, from + i, place, fd);
	return 0;
}

__weak __noinline int interest_unwatch(__u64 sock, __u64 epoll, __u64 data, __u32 fd)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct sock_state *s = object_find(sock);
	__u32 *place = bpf_map_lookup_elem(&interests, &key);

	if (s && place)
		FOR_EACH_PART(unwatch_part, sock, s, 0, *place, fd);
	return 0;
}

#endif
