/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What differs between kernels and architectures, behind one function each. */
#ifndef WAKELAB_COMPAT_BPF_H
#define WAKELAB_COMPAT_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* A kernel pointer as a plain number: the verifier lets no pointer pass into a global function. */
static __always_inline __u64 address_of(const void *pointer)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &pointer);
	return address;
}

/* A task's number in the PID namespace at that level, which is told in ns; 0: it has none there. */
static __always_inline __u32 pid_at(const struct task_struct *task, __u32 level, __u64 *ns)
{
	const struct pid *pid = BPF_CORE_READ(task, thread_pid);
	const struct upid *at;

	*ns = 0;
	if (!pid || BPF_CORE_READ(pid, level) < level)
		return 0;
	at = (const void *)&pid->numbers + level * bpf_core_type_size(struct upid);
	*ns = (__u64)BPF_CORE_READ(at, ns);
	return BPF_CORE_READ(at, nr);
}

/* How deep the namespace lies in which a task knows itself by number. */
static __always_inline __u32 pid_level_of(const struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_pid, level);
}

#define N_ARGS 4 /* how many arguments of a call are kept */

/* Before 5.14, task_struct.__state was called state. */
struct task_struct___before_5_14 {
	long state;
} __attribute__((preserve_access_index));

#define TASK_INTERRUPTIBLE 1 /* include/linux/sched.h */

/* TASK_RUNNING is 0. Read at sched_switch: zero for a task that was preempted or that a signal
 * kept from sleeping, whatever the tracepoint's own copy says. */
static __always_inline __u32 task_sleep_state(const struct task_struct *task)
{
	const struct task_struct___before_5_14 *old = (const void *)task;

	if (bpf_core_field_exists(task->__state))
		return BPF_CORE_READ(task, __state);
	return BPF_CORE_READ(old, state);
}

static __always_inline bool task_is_blocked(const struct task_struct *task)
{
	return task_sleep_state(task) != 0;
}

/* Before 6.13, struct file counted its references in f_count. */
struct file___before_6_13 {
	atomic64_t f_count;
} __attribute__((preserve_access_index));

/* Whether the descriptor that leads to file is the only reference to it. */
static __always_inline bool file_is_unshared(const struct file *file)
{
	const struct file___before_6_13 *old = (const void *)file;

	if (bpf_core_field_exists(file->f_ref))
		return BPF_CORE_READ(file, f_ref.refcnt.counter) == 0; /* FILE_REF_ONEREF */
	return BPF_CORE_READ(old, f_count.counter) == 1;
}

/* The bits of preempt_count (include/linux/preempt.h): preemption; softirq, hardirq and NMI. */
#define PREEMPT_BITS 0x000000ffu
#define CONTEXT_BITS 0x00ffff00u
#define SOFTIRQ_BIT  0x00000100u /* serving one, not only keeping them off */
#define HARDIRQ_BITS 0x00ff0000u

#if defined(__TARGET_ARCH_x86)
#define TS_COMPAT 0x0002 /* arch/x86/include/asm/thread_info.h */

/*
 * x86 keeps preempt_count in a per-CPU variable: __preempt_count, or (6.2 .. 6.14) a field of
 * pcpu_hot. Neither need be in kallsyms, so no __ksym leads there; but this CPU's run queue is one
 * too, every task points to it, and the distance between the two stands in the kernel's BTF, where
 * user space reads it. 0: not known.
 */
extern const volatile __s64 preempt_count_distance;

static __always_inline __u64 preempt_count_address(const struct task_struct *task)
{
	if (!preempt_count_distance)
		return 0;
	return (__u64)BPF_CORE_READ(task, se.cfs_rq, rq) + preempt_count_distance;
}

static __always_inline __u32 task_abi(const struct task_struct *task)
{
	return !!(BPF_CORE_READ(task, thread_info.status) & TS_COMPAT);
}

static __always_inline void call_args(const struct pt_regs *regs, __u32 abi, __u64 args[N_ARGS])
{
	if (abi) {
		args[0] = (__u32)BPF_CORE_READ(regs, bx);
		args[1] = (__u32)BPF_CORE_READ(regs, cx);
		args[2] = (__u32)BPF_CORE_READ(regs, dx);
		args[3] = (__u32)BPF_CORE_READ(regs, si);
		return;
	}
	args[0] = BPF_CORE_READ(regs, di);
	args[1] = BPF_CORE_READ(regs, si);
	args[2] = BPF_CORE_READ(regs, dx);
	args[3] = BPF_CORE_READ(regs, r10);
}
#elif defined(__TARGET_ARCH_arm64)
#define TIF_32BIT (1ul << 22) /* arch/arm64/include/asm/thread_info.h */

static __always_inline __u64 preempt_count_address(const struct task_struct *task)
{
	return (__u64)__builtin_preserve_access_index(&task->thread_info.preempt_count);
}

static __always_inline __u32 task_abi(const struct task_struct *task)
{
	return !!(BPF_CORE_READ(task, thread_info.flags) & TIF_32BIT);
}

static __always_inline void call_args(const struct pt_regs *regs, __u32 abi, __u64 args[N_ARGS])
{
	(void)abi;
	args[0] = BPF_CORE_READ(regs, orig_x0);
	args[1] = BPF_CORE_READ(regs, regs[1]);
	args[2] = BPF_CORE_READ(regs, regs[2]);
	args[3] = BPF_CORE_READ(regs, regs[3]);
}
#endif

#endif
