/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The two programs of a hook: which of them an event is for. */
#ifndef WAKELAB_TURNS_BPF_H
#define WAKELAB_TURNS_BPF_H

#include "atomic.bpf.h"
#include "counting.bpf.h"
#include "cpu.bpf.h"

/*
 * The kernel skips a program for an event while the same program runs on that CPU already
 * (kernel/trace/bpf_trace.c, __bpf_trace_run()). Where programs can be preempted that happens each
 * time a task is switched out in one: the next task's event finds the door shut. So there a hook
 * has two programs, one behind the other, and the second handles what the first was kept from. What
 * a socket tells has two on any kernel that can have them: while a system call makes it tell of
 * something, a softirq may come in between with what the network brings for another socket.
 *
 * Two are enough where it is rare that a task is switched out in one. For what happens at every
 * system call the first is a steady one: perf runs it, with preemption off, and skips it only while
 * a task is switched out in the middle of reading or writing a map by bpf(2), or in an interrupt.
 */
enum turn { TURN_FIRST, TURN_AGAIN };

/* The turn of a program that comes second where there is a steady one, and is alone elsewhere. */
static __always_inline enum turn turn_behind_steady(void)
{
	return steady ? TURN_AGAIN : TURN_FIRST;
}

/*
 * What sockets tell has two programs wherever the kernel can skip one, and nothing that the first
 * leaves behind tells the second that it handled an event. So it leaves a mark, which the second
 * takes away; without one the first was kept from the event. What the second handles is counted,
 * since the kernel counts what it keeps from the first.
 *
 * On one CPU and in one context of it events come one after the other, and the mark is there. Where
 * programs can be preempted that is not so, and the mark is the socket's: how many there are.
 */
static __always_inline bool turn_begins(struct cpu_state *cpu, enum told what,
					const struct sock *sk, enum turn turn)
{
	__u64 *mark;
	bool had;

	if (preemptible || !pairs)
		return true;
	mark = &cpu->marks[what][waker_context(cpu)];
	if (turn == TURN_FIRST) {
		*mark = address_of(sk);
		*(volatile __u8 *)&cpu->inside[what] = 1;
		return true;
	}
	had = *mark == address_of(sk) && !cpu->inside[what];
	*mark = 0;
	if (!had)
		count(COUNT_CAUGHT + what, 1);
	return !had;
}

static __always_inline void turn_ends(struct cpu_state *cpu, enum told what, enum turn turn)
{
	if (turn == TURN_FIRST && pairs && !preemptible)
		*(volatile __u8 *)&cpu->inside[what] = 0;
}

/* The same by the socket's marks. */
static __always_inline bool turn_is_ours(__s32 *marks, enum told what, enum turn turn)
{
	bool had = turn == TURN_AGAIN && *(volatile __s32 *)marks > 0;

	if (!preemptible)
		return true;
	if (turn == TURN_AGAIN && !had)
		count(COUNT_CAUGHT + what, 1);
	else
		__sync_fetch_and_add(marks, had ? -1 : 1);
	return !had;
}

#endif
