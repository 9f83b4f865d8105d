/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The syscall ledger: every call of the target ends in one verdict; and what the calls between two
 * waits come to, the work of the first. */
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
	return class == CLASS_MUX || class == CLASS_SLEEP ? ret > 0 : ret >= 0;
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

/* Enters the verdict on a call; sys_exit is the only writer of the ledger. */
static __always_inline void ledger_judge(const struct task_state *t, struct call_stats *stats,
					 enum verdict verdict, __s64 ret)
{
	__u32 cell;

	cell_add(&stats->verdicts[verdict], 1);
	if (t->sleeps)
		cell_add(&stats->sleeps, t->sleeps);
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

/* The same of one that returned, and how long it took. */
static __always_inline void ledger_add(const struct task_state *t, enum verdict verdict, __s64 ret,
				       __u64 duration)
{
	__u32 row = t->row;
	struct call_stats *stats = bpf_map_lookup_elem(&ledger, &row);

	if (!stats)
		return;
	hist_add(&stats->duration, duration);
	ledger_judge(t, stats, verdict, ret);
}

/* A thread that waits again so soon did nothing in between that is worth a word: after a sleep,
 * when all that it needs is to be fetched anew, ... */
#define IDLE_NS 20000

/* ... and after a wait that only asked: what took no longer than that. */
static __always_inline __u64 idle_until(const struct task_state *t, __u64 now)
{
	__u64 asked = now - t->entered;

	if (t->outcome == OUTCOME_TIME)
		return now + IDLE_NS;
	return now + (asked > asking_ns ? asked : asking_ns);
}

/* What the last multiplexing wait came to: an answer at once, of which nothing got on? Or nothing,
 * and nothing else was to be done? */
static __always_inline void spin_settle(struct task_state *t)
{
	__u8 outcome = t->outcome;

	t->polls = 0;
	if (!outcome)
		return;
	t->outcome = OUTCOME_OTHER;
	if (t->moves != t->moved) {
		t->spun = 0;
	} else if (outcome == OUTCOME_AT_ONCE) {
		t->spun++;
		thread_count(t, COUNT_SPUN, 1);
	} else if (outcome == OUTCOME_NOTHING) {
		t->polls = 1; /* if it begins soon enough: see spin_begin() */
	} else if (bpf_ktime_get_ns() < t->idle_until) {
		thread_count(t, COUNT_TICKED, 1);
	}
}

/* It is over. A signal that was waited for is an answer that is taken. */
static __always_inline void spin_begin(struct task_state *t, enum verdict verdict, __u64 now)
{
	if (t->class == CLASS_MUX && verdict == VERDICT_READY && t->kind != KIND_SIGWAIT)
		t->outcome = OUTCOME_AT_ONCE;
	else
		t->spun = 0;
	if (t->polls && t->class == CLASS_MUX && verdict == VERDICT_EMPTY &&
	    t->entered < t->idle_until)
		thread_tally(t, COUNT_POLLED, 1);
	if (t->class == CLASS_MUX && (verdict == VERDICT_EMPTY || verdict == VERDICT_TIMEOUT)) {
		t->outcome = verdict == VERDICT_EMPTY ? OUTCOME_NOTHING : OUTCOME_TIME;
		t->idle_until = idle_until(t, now);
	}
	t->moved = t->moves;
}

/* The thread ends. A call in flight is the one that ends it (exit, exit_group): it has no return.
 */
static __always_inline void call_abandon(struct task_state *t)
{
	wakes_settle(t, 0);
	wakes_judge(t);
	spin_settle(t);
	if (t->row == OTHER_CALL)
		count(COUNT_ENDED, 1);
	t->row = 0;
	t->waiting = 0;
}

/* The work of the last multiplexing wait or sleep is over: the next one begins. */
static __always_inline void work_flush(struct task_state *t)
{
	t->working = 0;
	if (!t->work_calls)
		return;
	tally(COUNT_WORK_CALLS, t->work_calls);
	tally(COUNT_WORK_BYTES, t->work_bytes);
	tally(COUNT_WORK_EAGAIN, t->work_eagain);
	t->work_calls = 0;
	t->work_bytes = 0;
	t->work_eagain = 0;
}

/* What this call adds to the work of the wait before it, and whether it makes that useful. */
static __always_inline void work_add(struct task_state *t, __s64 ret)
{
	if (t->class == CLASS_IO && ret >= 0) {
		wakes_use(t);
		t->moves += ret > 0 || t->kind == KIND_ACCEPT;
	} else if (t->class == CLASS_IO)
		t->tried |= ret == -EAGAIN                         ? TRIED_REFUSED
			    : ret == -EINTR || ret_is_restart(ret) ? TRIED_IN_VAIN
								   : TRIED_FAILED;
	if (!t->working)
		return;
	t->work_calls++;
	if (kind_gives_bytes(t->kind) && ret > 0)
		t->work_bytes += ret;
	if (ret == -EAGAIN)
		t->work_eagain++;
}

static __always_inline void wait_begin(struct task_state *t)
{
	t->waiting = t->class != CLASS_OTHER && t->class != CLASS_VOID;
	wakes_settle(t, 0);
	t->woken = 0;
	if (t->waiting && t->class != CLASS_IO) {
		work_flush(t);
		wakes_judge(t);
		spin_settle(t);
	}
}

/* A wait call returned. Global and with scalars only, as are its kin below: the verifier takes each
 * by itself, and not once for every way that leads there. */
__noinline int wait_end(__u32 verdict, __u64 result, __u64 now)
{
	struct task_state *t = task_current();
	__s64 ret = result;

	if (!t)
		return 0;
	wakes_awake(t);
	t->waiting = 0;
	wakes_settle(t, 0);
	if (t->woken)
		wakes_returned(t, verdict, now);
	if (t->class == CLASS_IO)
		return 0;
	spin_begin(t, verdict, now);
	t->working = 1;
	tally(COUNT_WORK_RETURNS, 1);
	if (t->class == CLASS_MUX && ret > 0)
		tally(COUNT_WORK_EVENTS, t->kind == KIND_SIGWAIT ? 1 : ret);
	return 0;
}

#endif
