/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The syscall ledger: every call of the target ends in one verdict. */
#ifndef WAKELAB_CALLS_BPF_H
#define WAKELAB_CALLS_BPF_H

#include "wakes.bpf.h"

/* include/uapi/asm-generic/errno*.h */
#define EINTR  4
#define EAGAIN 11
#define ETIME  62

static __always_inline bool ret_is_restart(__s64 ret)
{
	return ret <= -RESTART_MIN && ret >= -RESTART_MAX;
}

static __always_inline bool ret_is_answer(__u8 class, __s64 ret)
{
	return class == CLASS_MUX ? ret > 0 : class == CLASS_SLEEP ? false : ret >= 0;
}

static __always_inline bool ret_is_nothing(const struct task_state *t, __s64 ret)
{
	if (t->class == CLASS_OTHER)
		return false;
	return ret == 0 || ret == -EAGAIN || ret == -ETIME;
}

static __always_inline enum verdict call_verdict(const struct task_state *t, __s64 ret)
{
	if (t->class == CLASS_VOID || ret_is_answer(t->class, ret))
		return t->sleeps ? VERDICT_SLEPT : VERDICT_READY;
	if (ret_is_nothing(t, ret))
		return t->sleeps ? VERDICT_TIMEOUT : VERDICT_EMPTY;
	if (ret == -EINTR || ret_is_restart(ret))
		return VERDICT_INTERRUPTED;
	return VERDICT_ERROR;
}

static __always_inline __u32 errno_cell(__s64 ret)
{
	if (ret > -N_ERRNOS)
		return -ret;
	return ret_is_restart(ret) ? -ret - RESTART_MIN + N_ERRNOS : ERRNO_OTHER;
}

/* Enters one returned call into the ledger; sys_exit is the only writer. */
static __always_inline void ledger_add(const struct task_state *t, enum verdict verdict, __s64 ret,
				       __u64 duration)
{
	__u32 row = t->row, cell;
	struct call_stats *stats = bpf_map_lookup_elem(&ledger, &row);

	if (!stats)
		return;
	cell_add(&stats->verdicts[verdict], 1);
	if (t->sleeps)
		cell_add(&stats->sleeps, t->sleeps);
	hist_add(&stats->duration, duration);
	if (ret == 0)
		cell_add(&stats->zero, 1);
	if (ret > 0 && (kind_gives_bytes(t->kind) || kind_takes_bytes(t->kind)))
		cell_add(&stats->bytes, ret);
	if (ret >= 0 || t->class == CLASS_VOID)
		return;
	cell = errno_cell(ret);
	barrier_var(cell); /* else the bound below is checked on another register than is used */
	if (cell < N_ERRNO_CELLS)
		cell_add(&stats->errors[cell], 1);
}

/* The thread ends. A call in flight is the one that ends it (exit, exit_group): it has no return.
 */
static __always_inline void call_abandon(struct task_state *t)
{
	wakes_settle(t, 0);
	wakes_judge(t);
	if (t->row == OTHER_CALL)
		count(COUNT_ENDED, 1);
	t->row = 0;
	t->waiting = 0;
}

#endif
