/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the running kernel lets us do. All of it is found by trying, nothing by version numbers. */
#ifndef WAKELAB_KERNEL_H
#define WAKELAB_KERNEL_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "loading.h"
#include "perf_events.h"
#include "types.h"

/* The ways to hook a place in the kernel. */
enum way {
	WAY_TRACEPOINT, /* tp_btf */
	WAY_FENTRY,     /* fentry and fexit, by a trampoline */
	WAY_KPROBE,     /* by a breakpoint or ftrace */
	WAY_PERF,       /* tp: a tracepoint by way of perf */
	N_WAYS,
};

extern const char *const way_names[N_WAYS];

struct way_state {
	bool tried, works;
	char why[REASON_LEN]; /* it does not: the kernel's answer */
};

struct kernel {
	char release[80];
	char machine[80];
	struct types types;           /* while it is open */
	__s64 preempt_count_distance; /* see bpf/state/compat.bpf.h; 0: not known */
	bool fetching_atomics;        /* BPF has atomic operations that give a value (5.12) */
	bool direct_reads;            /* BPF can load from any address of the kernel (6.2) */
	bool preemptible;             /* programs on tracepoints can be preempted (7.0) */
	bool tells_contexts;          /* whether an interrupt runs can be read */
	struct perf_events events;    /* where it is preemptible; elsewhere none is known */
	struct way_state ways[N_WAYS];
};

/* Asks the kernel; needs its BTF and the privileges to trace. Returns 0, or -1 after one line on
 * stderr. Ended by kernel_close(), also after a failure. */
int kernel_open(struct kernel *k);

/* When all is loaded. What was found out stays. */
void kernel_close(struct kernel *k);

/* Whether a way works at all here; the first call for a way tries it. */
const struct way_state *kernel_way(struct kernel *k, enum way way);

/* Loads the smallest of all programs that trace. Returns 0, or the errno of the kernel's refusal.
 */
int kernel_refuses(void);

/* Whether maps count as locked memory here (before 5.11, kernel/bpf/syscall.c,
 * bpf_charge_memlock()): there RLIMIT_MEMLOCK must leave room for them. To be asked
 * only where kernel_refuses() gave 0. */
bool kernel_locks_maps(void);

/* Whether the kernel has that place to hook: a tracepoint, or for the other ways a function. */
bool kernel_has(const struct kernel *k, enum way way, const char *name);

#endif
