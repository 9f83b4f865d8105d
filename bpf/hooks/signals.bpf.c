// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Signals generated for the target, and delivered to it; and for which descriptor, which is known
 * inside a function of the kernel. */
#include "sigio.bpf.h"
#include "task.bpf.h"
#include "telling.bpf.h"

SEC("?tp_btf/signal_generate")
int BPF_PROG(on_signal_generate, int signal, struct kernel_siginfo *info, struct task_struct *task,
	     int group, int result)
{
	struct task_state *t = task_find(task);
	struct signal_stats *stats;
	__u32 kind = result;

	if (!t)
		return 0;
	stats = signal_stats_of(signal);
	if (!stats || kind >= N_SIGNAL_RESULTS)
		return 0;
	__sync_fetch_and_add(&stats->results[kind], 1);
	signal_origin(stats, info);
	tell_raise(task, signal, kind, info);
	sigio_source_count(t->stats.tgid);
	if (kind != SIGNAL_QUEUED && kind != SIGNAL_LOST_INFO)
		return 0;
	signal_queued(t->stats.tgid, signal);
	if (process_ended(task)) /* and will not end again */
		signal_ends(t->stats.tgid, signal);
	return 0;
}

SEC("?tp_btf/signal_deliver")
int BPF_PROG(on_signal_deliver, int signal)
{
	struct task_state *t = task_current();
	struct signal_stats *stats;
	__u64 generated;

	if (!t)
		return 0;
	stats = signal_stats_of(signal);
	if (!stats)
		return 0;
	signal_taken(t->stats.tgid, signal, WORD_TAKEN_DELIVERED, &stats->delivered, &generated);
	if (generated && (signal == SIGIO || stats->io))
		latency_add(LATENCY_SIGNAL, generated, bpf_ktime_get_ns());
	return 0;
}

/* Signals that are generated until the return are those of this descriptor. */
SEC("?fentry/send_sigio")
int BPF_PROG(on_send_sigio, struct fown_struct *owner, int fd, int band)
{
	struct cpu_state *cpu = cpu_current();

	if (!cpu)
		return 0;
	cpu->sigio_task = bpf_get_current_task();
	cpu->sigio_context = context(cpu);
	cpu->sigio_fd = fd;
	cpu->sigio = 1;
	return 0;
}

SEC("?fexit/send_sigio")
int BPF_PROG(on_send_sigio_end, struct fown_struct *owner, int fd, int band)
{
	struct cpu_state *cpu = cpu_current();

	if (cpu)
		cpu->sigio = 0;
	return 0;
}
