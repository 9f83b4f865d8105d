/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Each thread's list of the interests that it was told of and has yet to read empty. It alone
 * writes the list.
 */
#ifndef WAKELAB_LISTS_BPF_H
#define WAKELAB_LISTS_BPF_H

#include "task.bpf.h"

/* A list of what a thread left is walked in parts, of which the verifier follows one, and then as
 * many as the longest list can have: both are to be few. */
#define LEFT_PART  128
#define LEFT_PARTS (MAX_INTERESTS / LEFT_PART)
/* Places that a thread keeps; a longer list is pruned, once half of it holds no more. */
#define LEFT_KEPT 1024

static __always_inline bool left_is_listed(const struct interest *i, __u64 task)
{
	return i && i->left && i->listed && i->holder == task;
}

/* Copies a place of the list that still holds to the place to; gives the place behind. Global, with
 * scalar arguments: verified once and not at each turn of the loop. */
__weak __noinline int left_move(__u64 task, __u64 from, __u64 to)
{
	struct left_key at = {.task = task, .index = from};
	struct interest_key *key = bpf_map_lookup_elem(&lists, &at), *place;
	struct interest *i = key ? interest_find(key) : NULL;

	at.index = to;
	place = bpf_map_lookup_elem(&lists, &at);
	if (!left_is_listed(i, task) || !place)
		return to;
	*place = *key;
	return to + 1;
}

/* A part of the list, for left_move_all(). */
__weak __noinline __u64 left_move_part(__u64 task, __u64 from, __u64 n, __u64 to)
{
	for (__u64 i = 0; i < LEFT_PART && from + i < n; i++)
		to = left_move(task, from + i, to);
	return to;
}

/* All n places; gives how many still hold. */
static __always_inline __u64 left_move_all(__u64 task, __u64 n)
{
	__u64 to = 0;

	for (__u64 part = 0; part < LEFT_PARTS && part * LEFT_PART < n; part++)
		to = left_move_part(task, part * LEFT_PART, n, to);
	return to;
}

/* Takes out of the list what others read, closed or armed again. */
static __always_inline void left_prune(struct task_state *t)
{
	t->n_left = left_move_all(t->id, t->n_left);
	t->left = t->n_left;
}

/* Puts an interest into the list's next place; gives whether there is room for it. */
static __always_inline bool left_put(struct task_state *t, const struct interest_key *key)
{
	struct left_key at = {.task = t->id, .index = t->n_left};
	struct interest_key *place = bpf_map_lookup_elem(&lists, &at);

	if (place)
		*place = *key;
	else if (bpf_map_update_elem(&lists, &at, key, BPF_NOEXIST))
		return false;
	else
		t->n_places = t->n_left + 1;
	t->n_left++;
	return true;
}

/* The running thread has data of this interest before it that it must read by itself. */
static __always_inline void left_add(const struct interest_key *key, struct interest *i,
				     struct task_state *t)
{
	if (left_is_listed(i, t->id))
		return;
	if (!t->left)
		t->n_left = 0;
	if (t->n_left >= LEFT_KEPT && t->n_left / 2 >= t->left)
		left_prune(t);
	if (t->n_left >= MAX_INTERESTS || !left_put(t, key)) {
		count(COUNT_LOST_STALLS, 1);
		return;
	}
	t->left++;
	i->holder = t->id;
	i->listed = 1;
	i->left = 1;
}

/* It was read empty by the running thread. */
static __always_inline void left_remove(struct interest *i, struct task_state *t)
{
	if (i->left && i->listed && i->holder == t->id && t->left)
		t->left--;
	i->left = 0;
	i->listed = 0;
}

/* A part of the places, for left_trim(). */
__weak __noinline int left_trim_part(__u64 task, __u64 from, __u64 n)
{
	struct left_key at = {.task = task};

	for (__u64 i = 0; i < LEFT_PART && from + i < n; i++) {
		at.index = from + i;
		bpf_map_delete_elem(&lists, &at);
	}
	return 0;
}

/* Gives places of a thread's list back, but for the first parts. */
static __always_inline void left_trim(struct task_state *t, __u64 parts)
{
	__u64 n = t->n_places;

	for (__u64 part = parts; part < LEFT_PARTS && part * LEFT_PART < n; part++)
		left_trim_part(t->id, part * LEFT_PART, n);
	if (n > parts * LEFT_PART)
		t->n_places = parts * LEFT_PART;
}

#endif
