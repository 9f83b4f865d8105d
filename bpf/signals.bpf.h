/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The SIGIO ledger, kept for every signal. docs/metrics.md, "SIGIO ledger". */
#ifndef WAKELAB_SIGNALS_BPF_H
#define WAKELAB_SIGNALS_BPF_H

#include "sockets.bpf.h"

/* The file operations of a signalfd, by which a read from one is known; learned in adopt_files from
 * one that user space opened. */
extern __u64 signalfd_ops;

static __always_inline struct signal_stats *signal_stats_of(__u32 signal)
{
	return bpf_map_lookup_elem(&signals, &signal);
}

static __always_inline void signal_queued(__u32 tgid, __u32 signal)
{
	struct signal_key key = {.tgid = tgid, .signal = signal};
	struct signal_state fresh = {.generated = bpf_ktime_get_ns(), .outstanding = 1};
	struct signal_state *s = bpf_map_lookup_elem(&signals_out, &key);

	if (!s) {
		if (bpf_map_update_elem(&signals_out, &key, &fresh, BPF_NOEXIST))
			count(COUNT_LOST_SIGNALS, 1);
		return;
	}
	if (s->outstanding <= 0)
		s->generated = fresh.generated;
	__sync_fetch_and_add(&s->outstanding, 1);
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

/* One signal of those outstanding was taken; its latency is known for the first of them. */
static __always_inline __u64 signal_taken(__u32 tgid, __u32 signal)
{
	struct signal_key key = {.tgid = tgid, .signal = signal};
	struct signal_state *s = bpf_map_lookup_elem(&signals_out, &key);
	__u64 generated;

	if (!s)
		return 0;
	generated = s->generated;
	s->generated = 0;
	__sync_fetch_and_add(&s->outstanding, -1);
	return generated;
}

static __always_inline void signal_consumed(__u32 tgid, __u32 signal)
{
	struct signal_stats *stats = signal_stats_of(signal);

	if (!stats)
		return;
	__sync_fetch_and_add(&stats->consumed, 1);
	signal_taken(tgid, signal);
}

#endif
