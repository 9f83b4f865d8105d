/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_KERNEL_CLOCK_H
#define WAKELAB_KERNEL_CLOCK_H

#include <linux/types.h>

/* CLOCK_MONOTONIC as BPF programs read it (bpf_ktime_get_ns()), ns: a time namespace shows its
 * processes another one (time_namespaces(7), 5.6). Needs /proc; without it, the clock as it is. */
__u64 kernel_now(void);

#endif
