/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The histogram: log-linear, HIST_STEPS linear steps for each power of two, so that a bucket's
 * midpoint is at most 1/32 (3.2 %) away from any value in it. Values below HIST_STEPS have a bucket
 * each. One slot function serves BPF and user space.
 */
#ifndef WAKELAB_HIST_H
#define WAKELAB_HIST_H

#ifdef __bpf__
typedef __u64 hist_u64;
typedef __u32 hist_u32;
#define HIST_INLINE static __attribute__((always_inline)) inline
#else
#include <stdint.h>
typedef uint64_t hist_u64;
typedef uint32_t hist_u32;
#define HIST_INLINE static inline
#endif

#define HIST_STEP_BITS 4
#define HIST_STEPS     (1 << HIST_STEP_BITS)
/* Values of 2^HIST_MAX_BITS ns (73 minutes) and above share the last bucket; max stays exact. */
#define HIST_MAX_BITS 42
#define HIST_SLOTS    ((HIST_MAX_BITS - HIST_STEP_BITS + 1) * HIST_STEPS)

struct hist {
	hist_u64 count;
	hist_u64 sum;
	hist_u64 low; /* the complement of the smallest value: 0, as of max, is that of none */
	hist_u64 max;
	hist_u64 slots[HIST_SLOTS];
};

/* The position of the highest set bit of v, v > 0: BPF has no instruction for it. */
HIST_INLINE hist_u32 hist_log2(hist_u64 v)
{
	hist_u32 bit = 0;

	for (hist_u32 step = 32; step; step >>= 1) {
		if (v >> step) {
			v >>= step;
			bit += step;
		}
	}
	return bit;
}

/* The bucket of v, below HIST_SLOTS for every v. */
HIST_INLINE hist_u32 hist_slot(hist_u64 v)
{
	hist_u32 bit, step;

	if (v < HIST_STEPS)
		return (hist_u32)v;
	bit = hist_log2(v);
	if (bit >= HIST_MAX_BITS)
		return HIST_SLOTS - 1;
	step = (v >> (bit - HIST_STEP_BITS)) & (HIST_STEPS - 1);
	return (bit - HIST_STEP_BITS + 1) * HIST_STEPS + step;
}

/* The smallest value of a bucket; slot < HIST_SLOTS. The inverse of hist_slot(). */
HIST_INLINE hist_u64 hist_floor(hist_u32 slot)
{
	hist_u32 shift = slot / HIST_STEPS;

	if (!shift)
		return slot;
	return (hist_u64)(HIST_STEPS + slot % HIST_STEPS) << (shift - 1);
}

/* The smallest value; 0 if there is none. */
HIST_INLINE hist_u64 hist_min(const struct hist *h)
{
	return h->count ? ~h->low : 0;
}

#ifndef __bpf__
/* Adds a value; in the kernel counting.bpf.h has a function of that name, for its per-CPU maps. */
static inline void hist_add(struct hist *h, uint64_t v)
{
	if (h->low < ~v)
		h->low = ~v;
	if (h->max < v)
		h->max = v;
	h->count++;
	h->sum += v;
	h->slots[hist_slot(v)]++;
}
#endif

#endif
