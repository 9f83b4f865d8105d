/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The way from a CPU's run queue to its preempt_count, see bpf/state/compat.bpf.h. */
#ifndef WAKELAB_PREEMPT_COUNT_H
#define WAKELAB_PREEMPT_COUNT_H

#include <bpf/btf.h>
#include <linux/types.h>
#include <stdbool.h>

/* The distance by the kernel's types; false: they do not tell it. */
bool preempt_count_in_types(const struct btf *btf, __s64 *distance);

/* By the list of symbols, in which an address is 0 for those who may not see it. 0: not known. */
__s64 preempt_count_in_symbols(void);

#endif
