/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What was ready waited, since its thread was between two waits: how long, and whether it computed
 * meanwhile, slept in another call, or had no CPU. docs/metrics.md, "Busy loops".
 */
#ifndef WAKELAB_BUSY_BPF_H
#define WAKELAB_BUSY_BPF_H

#include "notes.bpf.h"
#include "telling.bpf.h"

#define BUSY_LEAST 1000000 /* ns: what takes less is no matter */

/* The running thread's epoll_wait() returned: its turn begins. */
static __always_inline void turn_opens(struct task_state *t, __u64 now)
{
	t->turned = now;
	t->idle_ns = 0;
	t->unrun_ns = 0;
	t->idle_most = 0;
	t->idle_row = 0;
}

static __always_inline bool is_in_turn(const struct task_state *t)
{
	return t->turned && !(t->row && t->kind == KIND_EPOLL_WAIT);
}

/* It leaves the CPU, asleep in its call or not. */
static __always_inline void turn_leaves(struct task_state *t, bool sleeps)
{
	if (!is_in_turn(t))
		return;
	t->off = bpf_ktime_get_ns();
	t->off_row = sleeps ? t->row : 0;
}

/* And is back. */
static __always_inline void turn_goes_on(struct task_state *t)
{
	__u64 ns;

	if (!t->off)
		return;
	ns = bpf_ktime_get_ns() - t->off;
	t->off = 0;
	if (!t->off_row) {
		t->unrun_ns += ns;
		return;
	}
	t->idle_ns += ns;
	if (ns > t->idle_most) {
		t->idle_most = ns;
		t->idle_row = t->off_row;
	}
}

/* Whether the wait that ends came so late that what it tells of may have waited for it. */
static __always_inline bool turn_was_long(const struct task_state *t)
{
	return t->turned && !t->sleeps && t->entered - t->turned >= BUSY_LEAST;
}

/* What most of the turn before the wait was spent with. */
static __always_inline enum evidence_of turn_was(const struct task_state *t)
{
	__u64 ran = t->entered - t->turned - t->idle_ns - t->unrun_ns;

	if (t->idle_ns >= ran && t->idle_ns >= t->unrun_ns)
		return EVIDENCE_ASLEEP;
	return t->unrun_ns > ran ? EVIDENCE_NOT_RUN : EVIDENCE_COMPUTED;
}

/* A report of a wait that came late, of something new. Global and with scalars only: verified once.
 */
__weak __noinline int late_report(__u64 epoll, __u64 address)
{
	struct interest_key key = {.epoll = epoll};
	struct task_state *t = task_current();
	struct user_event report;
	struct sock_state *s;
	struct interest *i;
	struct evidence *e;
	__u64 since, ns;

	if (!t || !event_read(&report, address))
		return 0;
	key.data = report.data;
	i = interest_find(&key);
	s = i && i->sock && i->pending ? sock_find((const void *)i->sock) : NULL;
	if (!s || !s->ready || s->ready + BUSY_LEAST > t->entered)
		return 0;
	since = s->ready > t->turned ? s->ready : t->turned;
	ns = t->entered - since;
	latency_add(LATENCY_BUSY, since, t->entered);
	tell_late(&key, ns, turn_was(t));
	e = evidence_enter(turn_was(t), t->stats.tgid, t->stats.key.tid);
	if (!e || !evidence_lasted(e, ns))
		return 0;
	e->fd = i->fd;
	e->row = t->idle_row;
	evidence_interest(e, i, t);
	return 0;
}

#define LATE_REPORTS 64 /* of one wait that are looked at */

__weak __noinline int late_reports(__u64 epoll, __u64 event, __u64 n)
{
	if (!epoll_is_of_one(epoll)) /* it was not that thread's alone to take */
		return 0;
	for (__u32 i = 0; i < LATE_REPORTS && i < n; i++)
		late_report(epoll, event + i * sizeof(struct user_event));
	return 0;
}

#endif
