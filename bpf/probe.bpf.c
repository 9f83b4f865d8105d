// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Asks the kernel what only a running program can find out. An object of its own, without maps to
 * make room for: it is loaded, run once and gone before the others are loaded. */
#include "compat.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __s64 preempt_count_distance;

__u32 prober;           /* the thread that asks */
__u32 preempt_disabled; /* how deep preemption is off inside a program on a tracepoint */
bool answered;

SEC("tp_btf/sys_enter")
int BPF_PROG(probe_preemption)
{
	__u64 address = preempt_count_address((const void *)bpf_get_current_task());
	__u32 count = 0;

	if ((__u32)bpf_get_current_pid_tgid() != prober || !address)
		return 0;
	bpf_probe_read_kernel(&count, sizeof(count), (const void *)address);
	preempt_disabled = count & PREEMPT_BITS;
	answered = true;
	return 0;
}
