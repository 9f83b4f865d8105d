/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Counts and histograms.
 *
 * A per-CPU counter has one writer (cell_add() in atomic.bpf.h), or is added to atomically: an
 * interrupt may run another program between the load and the store of a plain increment.
 */
#ifndef WAKELAB_COUNTING_BPF_H
#define WAKELAB_COUNTING_BPF_H

#include "atomic.bpf.h"
#include "maps.bpf.h"

/* Adds n to a counter, from any context. */
static __always_inline void count(enum counter which, __u64 n)
{
	__u32 zero = 0;
	struct counters *c = bpf_map_lookup_elem(&counters, &zero);

	if (c)
		__sync_fetch_and_add(&c->v[which], n);
}

/* The same of a counter that one program on a tracepoint adds to. */
static __always_inline void tally(enum counter which, __u64 n)
{
	__u32 zero = 0;
	struct counters *c = bpf_map_lookup_elem(&counters, &zero);

	if (c)
		cell_add(&c->v[which], n);
}

/* The same for one of a thread's own counts; only a thread's waker meets it from another CPU. */
static __always_inline void thread_count(struct task_state *t, enum counter which, __u64 n)
{
	__sync_fetch_and_add(&t->stats.v[which], n);
	count(which, n);
}

/* The same for one that only the thread itself adds to, where its calls begin and end. */
static __always_inline void thread_tally(struct task_state *t, enum counter which, __u64 n)
{
	t->stats.v[which] += n;
	tally(which, n);
}

/* The same for one of an interest's own counts. */
static __always_inline void interest_count(struct interest *i, enum counter which, __u64 n)
{
	__sync_fetch_and_add(&i->v[which - COUNT_EDGES], n);
	count(which, n);
}

/* Adds a value to a histogram of this CPU. A function of its own: it is long, and much of it is for
 * preemptible kernels only. */
static __noinline void hist_add(struct hist *h, __u64 v)
{
	__u32 slot = hist_slot(v);

	if (slot >= HIST_SLOTS) /* never: said for the verifier */
		return;
	cell_raise(&h->low, ~v);
	cell_raise(&h->max, v);
	cell_add(&h->count, 1);
	cell_add(&h->sum, v);
	cell_add(&h->slots[slot], 1);
}

/* Adds a value to a latency; every latency has one program that does. */
static __always_inline void latency_add(enum latency which, __u64 from, __u64 to)
{
	__u32 key = which;
	struct hist *h = bpf_map_lookup_elem(&latencies, &key);

	if (h)
		hist_add(h, to - from);
}

#endif
