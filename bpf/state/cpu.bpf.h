/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* This CPU: in which context its code runs, and what was announced there. */
#ifndef WAKELAB_CPU_BPF_H
#define WAKELAB_CPU_BPF_H

#include "globals.bpf.h"
#include "maps.bpf.h"

static __always_inline struct cpu_state *cpu_current(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

/*
 * The interrupt nesting of the running code. Equal values on one CPU, with no context switch
 * between, are one context. On x86 the address is the CPU's own and is kept; on arm64 it is the
 * task's.
 */
static __always_inline __u32 context(struct cpu_state *cpu)
{
#if defined(__TARGET_ARCH_x86)
	if (!cpu->preempt_count)
#endif
		cpu->preempt_count = preempt_count_address((const void *)bpf_get_current_task(),
							   &preempt_count_distance);
	return read_half(cpu->preempt_count) & CONTEXT_BITS;
}

static __always_inline enum waker_context waker_context(struct cpu_state *cpu)
{
	__u32 nesting = cpu ? context(cpu) : 0;

	if (!cpu || !cpu->preempt_count)
		return WAKER_UNKNOWN;
	if (nesting & HARDIRQ_BITS)
		return WAKER_HARDIRQ;
	return nesting & SOFTIRQ_BIT ? WAKER_SOFTIRQ : WAKER_TASK;
}

/* Something became ready right now: what wakes come of it in this context is known by key, the
 * address of the socket, or of a file that is none. */
static __always_inline void announce(struct cpu_state *cpu, __u64 key, __u64 now)
{
	cpu->ready = 0;
	cpu->source = key;
	cpu->task = bpf_get_current_task();
	cpu->context = context(cpu);
	cpu->ready = now;
}

#endif
