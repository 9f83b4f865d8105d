// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Programs that do nothing, where wakelab's six busiest ones are: what they cost, no tracer can be
 * cheaper than. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define NOTHING_AT(event)                                                                          \
	SEC("tp_btf/" #event) int nothing_at_##event(void *args)                                   \
	{                                                                                          \
		(void)args;                                                                        \
		return 0;                                                                          \
	}

NOTHING_AT(sys_enter)
NOTHING_AT(sys_exit)
NOTHING_AT(sched_waking)
NOTHING_AT(sched_switch)
NOTHING_AT(sk_data_ready)
NOTHING_AT(sock_recv_length)
