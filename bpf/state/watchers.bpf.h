/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* From a socket, or a file that is none, to the interests in it: whom it tells of itself. */
#ifndef WAKELAB_WATCHERS_BPF_H
#define WAKELAB_WATCHERS_BPF_H

#include "places.bpf.h"
#include "socket.bpf.h"

#define MAX_WATCHERS 32 /* of one socket */

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

/* Enters an interest in an object, by which it is found when that tells of itself or ends; gives
 * whether there was room for it. Global, with scalar arguments, as are those below: a program may
 * do it in several places, and has it verified once. */
__weak __noinline int interest_watch(__u64 object, __u32 place, __u32 fd)
{
	struct watcher w = {.place = place, .fd = fd};
	struct sock_state *s = sock_find((const void *)object);
	struct watcher_key at = {.sock = object};

	for (__u32 n = 0; s && n < MAX_WATCHERS; n++) { /* the first hole, or the end */
		at.index = n;
		if (bpf_map_update_elem(&watchers, &at, &w, BPF_NOEXIST))
			continue;
		if (n == 0)
			s->first = place + 1;
		if (n >= s->watchers)
			s->watchers = n + 1;
		return 1;
	}
	return !s;
}

static __always_inline struct watcher *watcher_find(__u64 sock, __u64 index)
{
	struct watcher_key at = {.sock = sock, .index = index};

	return bpf_map_lookup_elem(&watchers, &at);
}

__weak __noinline int unwatch_one(__u64 sock, __u64 index, __u32 place, __u32 fd)
{
	struct watcher_key at = {.sock = sock, .index = index};
	struct watcher *w = watcher_find(sock, index);
	struct sock_state *s = sock_find((const void *)sock);

	if (!w || !s || w->place != place || w->fd != fd)
		return 0;
	if (!index)
		s->first = 0;
	bpf_map_delete_elem(&watchers, &at);
	return 0;
}

__weak __noinline int interest_unwatch(__u64 sock, __u64 epoll, __u64 data, __u32 fd)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	struct sock_state *s = sock_find((const void *)sock);
	__u32 *place = bpf_map_lookup_elem(&interests, &key);

	for (__u32 n = 0; s && place && n < MAX_WATCHERS && n < s->watchers; n++)
		unwatch_one(sock, n, *place, fd);
	return 0;
}

#endif
