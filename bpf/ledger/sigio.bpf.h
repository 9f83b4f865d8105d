/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The SIGIO ledger, kept for every signal. docs/metrics.md, "SIGIO ledger". */
#ifndef WAKELAB_SIGIO_BPF_H
#define WAKELAB_SIGIO_BPF_H

#include "counting.bpf.h"
#include "cpu.bpf.h"
#include "siginfo.bpf.h"
#include "task.bpf.h"
#include "telling.bpf.h"

#define SIGIO 29 /* include/uapi/asm-generic/signal.h */

static __always_inline struct signal_stats *signal_stats_of(__u32 signal)
{
	return bpf_map_lookup_elem(&signals, &signal);
}

/* Whom a signal that is generated right now is from: the running task, if any sent it. */
static __always_inline void signal_origin(struct signal_stats *stats,
					  const struct kernel_siginfo *info)
{
	__s32 code = signal_code(address_of(info));

	stats->code = code;
	if (SIGNAL_IS_UNSENT(code))
		return;
	stats->sender = tid_of(bpf_get_current_task());
	bpf_get_current_comm(stats->comm, sizeof(stats->comm));
}

static __always_inline void signal_queued(__u32 tgid, __u32 signal)
{
	struct signal_key key = {.tgid = tgid, .signal = signal};
	struct signal_state fresh = {
		.generated = bpf_ktime_get_ns(), .outstanding = 1, .raised = 1};
	struct signal_state *s = bpf_map_lookup_elem(&signals_out, &key);

	if (!s) {
		if (bpf_map_update_elem(&signals_out, &key, &fresh, BPF_NOEXIST))
			count(COUNT_LOST_SIGNALS, 1);
		return;
	}
	if (!s->outstanding)
		s->generated = fresh.generated;
	__sync_fetch_and_add(&s->outstanding, 1);
	__sync_fetch_and_add(&s->raised, 1);
}

/* Whom a signal that is generated right now is raised for: known while send_sigio() runs. */
static __always_inline void sigio_source_count(__u32 tgid)
{
	struct cpu_state *cpu = cpu_current();
	struct sigio_source source = {.tgid = tgid};
	__u64 none = 0, *n;

	if (!cpu || !cpu->sigio || cpu->sigio_task != bpf_get_current_task() ||
	    cpu->sigio_context != context(cpu))
		return;
	source.fd = cpu->sigio_fd;
	bpf_map_update_elem(&sigio_sources, &source, &none, BPF_NOEXIST);
	n = bpf_map_lookup_elem(&sigio_sources, &source);
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		count(COUNT_LOST_SIGNALS, 1);
}

/*
 * One signal of those outstanding was taken, and goes to the count; its latency is known for the
 * first of them, *generated. One that nobody was seen to generate is not counted: it is from before
 * tracing, or the SIGKILL by which the kernel ends each thread of a process whatever ended the
 * process.
 */
static __always_inline void signal_taken(__u32 tgid, __u32 signal, enum event_word how,
					 __u64 *count, __u64 *generated)
{
	struct signal_key key = {.tgid = tgid, .signal = signal};
	struct signal_state *s = bpf_map_lookup_elem(&signals_out, &key);

	*generated = 0;
	if (!s || !s->outstanding)
		return;
	*generated = s->generated;
	s->generated = 0;
	__sync_fetch_and_add(&s->outstanding, -1);
	__sync_fetch_and_add(count, 1);
	tell_take(signal, how);
}

static __always_inline void signal_consumed(__u32 tgid, __u32 signal)
{
	struct signal_stats *stats = signal_stats_of(signal);
	__u64 generated;

	if (stats)
		signal_taken(tgid, signal, WORD_TAKEN_CONSUMED, &stats->consumed, &generated);
}

static __always_inline bool process_ended(const struct task_struct *task)
{
	return READ(task, signal, live.counter) <= 0;
}

/* The process is gone, and what it did not take of this signal with it. */
__weak __noinline int signal_ends(__u32 tgid, __u32 signal)
{
	struct signal_key key = {.tgid = tgid, .signal = signal};
	struct signal_state *s = bpf_map_lookup_elem(&signals_out, &key);
	struct signal_stats *stats = signal_stats_of(signal);

	if (!s || !stats)
		return 0;
	__sync_fetch_and_add(&stats->ended, exchange(&s->outstanding, 0));
	bpf_map_delete_elem(&signals_out, &key);
	return 0;
}

/* The same of all signals. */
__weak __noinline int signals_end(__u32 tgid)
{
	for (__u32 signal = 1; signal < N_SIGNALS; signal++)
		signal_ends(tgid, signal);
	return 0;
}

static __always_inline void signal_chosen(__u64 number)
{
	__u32 signal = number ? number : SIGIO;
	struct signal_stats *stats = bpf_map_lookup_elem(&signals, &signal);

	if (stats)
		stats->io = 1;
}

#endif
