/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What differs between kernels and architectures, behind one function each. */
#ifndef WAKELAB_COMPAT_BPF_H
#define WAKELAB_COMPAT_BPF_H

#include "kernel_numbers.h"
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/*
 * READ(pointer, a, b.c) is pointer->a->b.c, wherever in the kernel the pointer leads; 0 where
 * nothing is. From 6.2 on a load does it (bpf_rdonly_cast(), kernel/bpf/helpers.c): a few
 * instructions. The sources are compiled with DIRECT_READS for those kernels; on others a helper is
 * called for each arrow.
 *
 * read_word() reads the 8 bytes at any address, read_half() 4.
 *
 * address_of() is a kernel pointer as a plain number: the verifier lets no pointer pass into a
 * global function.
 */
#ifdef DIRECT_READS
static void *(*const bpf_rdonly_cast)(const void *pointer, __u32 type) = (void *)CALL_RDONLY_CAST;

/* Without const: the kernel's types have no qualifiers. */
#define TYPE_AT(pointer) __typeof__(({ *(pointer); }))
#define CAST(pointer)                                                                              \
	((const TYPE_AT(pointer) *)bpf_rdonly_cast(                                                \
		(const void *)(pointer), bpf_core_field_offset(TYPE_AT(pointer), NUMBER_OF_TYPE)))
#define READ(pointer, ...) ___arrow(CAST(pointer), __VA_ARGS__)

/* Any structure that begins with a number of 8 bytes: what a load of it gives is no pointer. */
static __always_inline __u64 read_word(__u64 address)
{
	return READ((const struct timespec64 *)address, tv_sec);
}

static __always_inline __u32 read_half(__u64 address)
{
	return READ((const struct refcount_struct *)address, refs.counter);
}

/* The difference of two pointers is a number; the second one is 0. */
static __always_inline __u64 address_of(const void *pointer)
{
	const struct timespec64 *start = NULL, *end = pointer;
	__u64 address = (__u64)CAST(end) - (__u64)CAST(start);

	barrier_var(address); /* else what is added to it is added to the pointer first */
	return address;
}
#else
#define READ BPF_CORE_READ

static __always_inline __u64 read_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (const void *)address);
	return word;
}

static __always_inline __u32 read_half(__u64 address)
{
	__u32 half = 0;

	bpf_probe_read_kernel(&half, sizeof(half), (const void *)address);
	return half;
}

static __always_inline __u64 address_of(const void *pointer)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &pointer);
	return address;
}
#endif

/* A task's number in the PID namespace at that level, which is told in ns; 0: it has none there. */
static __always_inline __u32 pid_at(const struct task_struct *task, __u32 level, __u64 *ns)
{
	const struct pid *pid = READ(task, thread_pid);
	const struct upid *at;

	*ns = 0;
	if (!pid || READ(pid, level) < level)
		return 0;
	at = (const void *)(address_of(&pid->numbers) + level * bpf_core_type_size(struct upid));
	*ns = (__u64)READ(at, ns);
	return READ(at, nr);
}

/* How deep the namespace lies in which a task knows itself by number. */
static __always_inline __u32 pid_level_of(const struct task_struct *task)
{
	return READ(task, thread_pid, level);
}

#define N_ARGS 4 /* how many arguments of a call are kept */

/* Before 5.14, task_struct.__state was called state. */
struct task_struct___before_5_14 {
	NUMBERED;
	long state;
} __attribute__((preserve_access_index));

#define TASK_INTERRUPTIBLE 1 /* include/linux/sched.h */

/* TASK_RUNNING is 0. Read at sched_switch: zero for a task that was preempted or that a signal
 * kept from sleeping, whatever the tracepoint's own copy says. */
static __always_inline __u32 task_sleep_state(const struct task_struct *task)
{
	const struct task_struct___before_5_14 *old = (const void *)task;

	if (bpf_core_field_exists(task->__state))
		return READ(task, __state);
	return READ(old, state);
}

static __always_inline bool task_is_blocked(const struct task_struct *task)
{
	return task_sleep_state(task) != 0;
}

/* Before 6.13, struct file counted its references in f_count. */
struct file___before_6_13 {
	NUMBERED;
	atomic64_t f_count;
} __attribute__((preserve_access_index));

/* Whether the descriptor that leads to file is the only reference to it. */
static __always_inline bool file_is_unshared(const struct file *file)
{
	const struct file___before_6_13 *old = (const void *)file;

	if (bpf_core_field_exists(file->f_ref))
		return READ(file, f_ref.refcnt.counter) == 0; /* FILE_REF_ONEREF */
	return READ(old, f_count.counter) == 1;
}

/* Before 5.11, struct file and its registrations with epoll were in a list of the other kind. */
struct file___before_5_11 {
	NUMBERED;
	struct list_head f_ep_links;
} __attribute__((preserve_access_index));

struct epitem___before_5_11 {
	NUMBERED;
	struct list_head fllink;
} __attribute__((preserve_access_index));

/* The first node of the list of a file's registrations; 0: there is none. */
static __always_inline __u64 items_first(const struct file *file)
{
	const struct file___before_5_11 *old = (const void *)file;
	const struct list_head *head;
	__u64 first;

	if (bpf_core_field_exists(file->f_ep))
		return READ(file, f_ep) ? address_of(READ(file, f_ep, first)) : 0;
	head = (const void *)(address_of(file) + bpf_core_field_offset(old->f_ep_links));
	first = address_of(READ(head, next));
	return first == address_of(head) ? 0 : first;
}

/* The node behind one of it; 0: there is none. */
static __always_inline __u64 items_next(const struct file *file, __u64 node)
{
	const struct file___before_5_11 *old = (const void *)file;
	__u64 next = address_of(READ((const struct list_head *)node, next));

	if (bpf_core_field_exists(file->f_ep))
		return next; /* the first thing of a struct hlist_node, too */
	return next == address_of(file) + bpf_core_field_offset(old->f_ep_links) ? 0 : next;
}

/* The registration, a struct epitem, that has that node. */
static __always_inline __u64 item_of_node(__u64 node)
{
	const struct epitem___before_5_11 *old = NULL;
	const struct epitem *item = NULL;
	const struct file *file = NULL;

	if (bpf_core_field_exists(file->f_ep))
		return node - bpf_core_field_offset(item->fllink);
	return node - bpf_core_field_offset(old->fllink);
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
 * user space reads it: distance is the variable of the object that asks; 0: not known.
 */
static __always_inline __u64 preempt_count_address(const struct task_struct *task,
						   const volatile __s64 *distance)
{
	if (!*distance)
		return 0;
	return address_of(READ(task, se.cfs_rq, rq)) + *distance;
}

static __always_inline __u32 task_abi(const struct task_struct *task)
{
	return !!(READ(task, thread_info.status) & TS_COMPAT);
}

static __always_inline void call_args(const struct pt_regs *regs, __u32 abi, __u64 args[N_ARGS])
{
	if (abi) {
		args[0] = (__u32)READ(regs, bx);
		args[1] = (__u32)READ(regs, cx);
		args[2] = (__u32)READ(regs, dx);
		args[3] = (__u32)READ(regs, si);
		return;
	}
	args[0] = READ(regs, di);
	args[1] = READ(regs, si);
	args[2] = READ(regs, dx);
	args[3] = READ(regs, r10);
}

/* The argument behind those, of a 64-bit task. */
static __always_inline __u64 call_fifth(const struct pt_regs *regs)
{
	return READ(regs, r8);
}

/* The number of a call that ends. */
static __always_inline __u64 call_number(const struct pt_regs *regs)
{
	return READ(regs, orig_ax);
}
#elif defined(__TARGET_ARCH_arm64)
#define TIF_32BIT (1ul << 22) /* arch/arm64/include/asm/thread_info.h */

static __always_inline __u64 preempt_count_address(const struct task_struct *task,
						   const volatile __s64 *distance)
{
	(void)distance;
	return (__u64)__builtin_preserve_access_index(&task->thread_info.preempt_count);
}

static __always_inline __u32 task_abi(const struct task_struct *task)
{
	return !!(READ(task, thread_info.flags) & TIF_32BIT);
}

static __always_inline void call_args(const struct pt_regs *regs, __u32 abi, __u64 args[N_ARGS])
{
	(void)abi;
	args[0] = READ(regs, orig_x0);
	args[1] = READ(regs, regs[1]);
	args[2] = READ(regs, regs[2]);
	args[3] = READ(regs, regs[3]);
}

static __always_inline __u64 call_fifth(const struct pt_regs *regs)
{
	return READ(regs, regs[4]);
}

static __always_inline __u64 call_number(const struct pt_regs *regs)
{
	return (__s64)READ(regs, syscallno);
}
#endif

#endif
