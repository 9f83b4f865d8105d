/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The places of tasks and of interests, see maps.bpf.h. */
#ifndef WAKELAB_PLACES_BPF_H
#define WAKELAB_PLACES_BPF_H

#include "atomic.bpf.h"
#include "maps.bpf.h"

static __always_inline struct task_state *task_at(__u32 place)
{
	return bpf_map_lookup_elem(&task_places, &place);
}

static __always_inline struct interest *interest_at(__u32 place)
{
	return bpf_map_lookup_elem(&interest_places, &place);
}

/* A place that nobody has. There may be none of that number: then all are taken. */
static __always_inline __u32 place_take(void *given_back, __u32 *used)
{
	__u32 place;

	return bpf_map_pop_elem(given_back, &place) ? next_number(used) : place;
}

static __always_inline struct interest *interest_find(const struct interest_key *key)
{
	__u32 *place = bpf_map_lookup_elem(&interests, key);

	return place ? interest_at(*place) : NULL;
}

/* An interest of which nothing is known but its key, and which nobody finds yet; NULL if there is
 * no room for it. */
static __always_inline struct interest *interest_make(const struct interest_key *key, __u32 *place)
{
	struct interest *i;

	*place = place_take(&free_interests, &interests_used);
	i = interest_at(*place);
	if (!i)
		return NULL;
	__builtin_memset(i, 0, sizeof(*i));
	i->key = *key;
	return i;
}

/* It is found from here on; false if there is no room for it: its place is given back. */
static __always_inline bool interest_show(struct interest *i, const struct interest_key *key,
					  __u32 place)
{
	if (!bpf_map_update_elem(&interests, key, &place, BPF_NOEXIST))
		return true;
	i->key.epoll = 0;
	bpf_map_push_elem(&free_interests, &place, BPF_ANY);
	return false;
}

/* Gives its place back; key may be its own. */
static __always_inline void interest_free(const struct interest_key *key, struct interest *i)
{
	__u32 *had = bpf_map_lookup_elem(&interests, key), place;

	if (!had)
		return;
	place = *had;
	if (bpf_map_delete_elem(&interests, key))
		return;
	i->key.epoll = 0;
	bpf_map_push_elem(&free_interests, &place, BPF_ANY);
}

#endif
