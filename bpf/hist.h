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

/*
 * The bucket of v, below HIST_SLOTS for every v: v is shifted until it is below two times
 * HIST_STEPS, by halves of the way. That something is above 0, the highest bit of its negative
 * tells: a branch, which the compiler would make of it, the verifier takes in both ways.
 */
HIST_INLINE hist_u32 hist_slot(hist_u64 v)
{
	hist_u64 shift = 0, above;

	if (v >> HIST_MAX_BITS)
		v = (1ull << HIST_MAX_BITS) - 1;
	for (int bits = 5; bits >= 0; bits--) {
		above = -(v >> (HIST_STEP_BITS + (1 << bits)));
		__asm__("" : "+r"(above));
		above = above >> 63 << bits;
		v >>= above;
		shift += above;
	}
	return shift * HIST_STEPS + v;
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
