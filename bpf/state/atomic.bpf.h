/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Counting and exchanging without a lost update.
 *
 * Before 5.12 the kernel knows one atomic operation, the addition that gives no value; any other in
 * a program makes it refuse the whole program. The sources are therefore compiled twice, and the
 * second time with PLAIN_ATOMICS, for those kernels: they take a lock instead.
 */
#ifndef WAKELAB_ATOMIC_BPF_H
#define WAKELAB_ATOMIC_BPF_H

#include "globals.bpf.h"

/* Adds n to a cell of this CPU that one program writes. */
static __always_inline void cell_add(__u64 *cell, __u64 n)
{
	if (preemptible)
		__sync_fetch_and_add(cell, n);
	else
		*cell += n;
}

/* As many tasks would have to preempt each other within a few instructions. */
#define RAISE_TRIES 16

/* Makes a cell of this CPU that one program writes at least v. */
static __always_inline void cell_raise(__u64 *cell, __u64 v)
{
#ifndef PLAIN_ATOMICS
	for (int i = 0; preemptible && i < RAISE_TRIES; i++) {
		__u64 old = *(volatile __u64 *)cell;

		if (old >= v || __sync_bool_compare_and_swap(cell, old, v))
			return;
	}
#endif
	if (*cell < v)
		*cell = v;
}

#ifdef PLAIN_ATOMICS
/* The holder needs but a few; one that was interrupted here never lets go. */
#define LOCK_TRIES 16

/* Held by whoever has put its address in. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} locks SEC(".maps") __weak;

static __always_inline bool cell_lock(const __u32 *cell)
{
	__u64 key = (__u64)cell;
	bool held = false;

	for (int i = 0; !held && i < LOCK_TRIES; i++)
		held = !bpf_map_update_elem(&locks, &key, &key, BPF_NOEXIST);
	return held;
}

static __always_inline void cell_unlock(const __u32 *cell, bool held)
{
	__u64 key = (__u64)cell;

	if (held)
		bpf_map_delete_elem(&locks, &key);
}

/* Puts a value into a cell, and gives what was there. */
static __always_inline __u32 exchange(__u32 *cell, __u32 value)
{
	bool held = cell_lock(cell);
	__u32 old = *cell;

	*cell = value;
	cell_unlock(cell, held);
	return old;
}

/* The next number: nobody else is given it. */
static __always_inline __u32 next_number(__u32 *cell)
{
	bool held = cell_lock(cell);
	__u32 number = (*cell)++;

	cell_unlock(cell, held);
	return number;
}

/* Makes a cell 0 that has this value; gives whether it had. */
static __always_inline bool take_out(__u32 *cell, __u32 value)
{
	bool held = cell_lock(cell), had = *cell == value;

	if (had)
		*cell = 0;
	cell_unlock(cell, held);
	return had;
}
#else
static __always_inline __u32 exchange(__u32 *cell, __u32 value)
{
	return __sync_lock_test_and_set(cell, value);
}

static __always_inline __u32 next_number(__u32 *cell)
{
	return __sync_fetch_and_add(cell, 1);
}

static __always_inline bool take_out(__u32 *cell, __u32 value)
{
	return __sync_bool_compare_and_swap(cell, value, 0);
}
#endif

/* Nothing that stands before it is seen by other CPUs after what stands behind it. */
static __always_inline void full_barrier(__u64 *cell)
{
	__u64 nothing = 0;

	barrier_var(nothing); /* the compiler makes something else of adding a known 0 */
#ifdef PLAIN_ATOMICS
	__sync_fetch_and_add(cell, nothing);
#else
	nothing = __sync_fetch_and_add(cell, nothing);
	barrier_var(nothing); /* only an addition that gives a value is a barrier on arm64 */
#endif
}

#endif
