// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Rules about what was ready, and waited for somebody to take it. */
#include <stdio.h>
#include <string.h>

#include "find.h"
#include "percentile.h"

/*
 * Whether the process is known to hand what it is told of to workers: one of them read what its
 * listener had left. Then what waits may wait for a worker, and nothing is wrong for certain.
 */
static bool hands_over(const struct grounds *g, __u32 tgid)
{
	FOR_EVIDENCE (g, EVIDENCE_READ, row)
		if (row->key.tgid == tgid)
			return true;
	FOR_EVIDENCE (g, EVIDENCE_LATE, row)
		if (row->key.tgid == tgid)
			return true;
	return false;
}

/* Whether what lies there cannot be taken: the thread tried, and accept failed. */
static bool accept_fails(const struct grounds *g, __u32 tgid, __u32 fd)
{
	return grounds_evidence(g, EVIDENCE_ACCEPT, tgid, fd);
}

static void add_ended_stall(const struct grounds *g, const struct rule *r, struct found *found,
			    const struct evidence_row *row)
{
	const struct evidence *e = &row->evidence;
	struct finding *f = found_add(found, r, e->ns);

	finding_about(g, f, row);
	finding_unread(f, e);
	finding_rests_on(f, "stalled_ns", e->ns);
	finding_rests_on(f, "stalls", e->count);
}

static void ended_stalls(const struct grounds *g, const struct rule *r, struct found *found,
			 enum evidence_of how)
{
	FOR_EVIDENCE (g, how, row) {
		const struct evidence *e = &row->evidence;

		if (accept_fails(g, row->key.tgid, row->key.of))
			continue;
		if (e->part || !hands_over(g, row->key.tgid))
			add_ended_stall(g, r, found, row);
	}
}

static void about_stall(struct finding *f, const struct stall *s)
{
	f->about.pid = s->tgid;
	f->about.tid = s->tid;
	f->about.fd = s->fd;
	f->about.kind = s->kind;
	f->about.family = s->family;
	f->about.port = s->port;
	memcpy(f->about.addr, s->addr, sizeof(f->about.addr));
	memcpy(f->about.comm, s->comm, sizeof(f->about.comm));
	f->unit = s->unit;
	finding_rests_on(f, "unread", s->unread);
	if (s->before)
		snprintf(f->detail, sizeof(f->detail), "before tracing began");
}

static void stall_under_way(const struct grounds *g, const struct rule *r, struct found *found,
			    const struct stall_row *row)
{
	__u64 ns = remainder_of(g->s->time, row->stall.since);
	struct finding *f;

	if (accept_fails(g, row->stall.tgid, row->stall.fd) ||
	    (hands_over(g, row->stall.tgid) && !row->stall.part))
		return;
	f = found_add(found, r, ns);
	about_stall(f, &row->stall);
	f->open = !row->stall.part;
	finding_rests_on(f, "stalled_ns", ns);
	finding_rests_on(f, "stalls", g->c[COUNT_STALLS]);
}

void find_stall(const struct grounds *g, const struct rule *r, struct found *found)
{
	const struct details *d = &g->s->now;

	for (unsigned i = 0; i < rows_kept(d->n_stalls, MAX_ROWS); i++)
		stall_under_way(g, r, found, &d->stalls[i]);
	ended_stalls(g, r, found, EVIDENCE_NEWS);
	ended_stalls(g, r, found, EVIDENCE_GONE);
}

/* Threads of that process that are known, but for that one. */
static unsigned workers_of(const struct grounds *g, __u32 tgid, __u32 but)
{
	const struct details *d = &g->s->now;
	unsigned n = 0;

	for (unsigned i = 0; i < rows_kept(d->n_threads, MAX_ROWS); i++)
		n += d->threads[i].tgid == tgid && d->threads[i].key.tid != but;
	return n;
}

static void waited_for_worker(const struct grounds *g, const struct rule *r, struct found *found,
			      enum evidence_of how, bool certain)
{
	FOR_EVIDENCE (g, how, row) {
		const struct evidence *e = &row->evidence;
		struct finding *f;

		if (!enough(r, e->count, 0) ||
		    (!certain && (e->part || !hands_over(g, row->key.tgid))))
			continue;
		f = found_add(found, r, e->ns);
		finding_about(g, f, row);
		finding_unread(f, e);
		finding_rests_on(f, "waited_ns", e->ns);
		finding_rests_on(f, "times", e->count);
		finding_rests_on(f, "workers", workers_of(g, row->key.tgid, e->tid));
	}
}

/* Somebody read it after all; or it ended otherwise, where workers are known to read. */
void find_pool(const struct grounds *g, const struct rule *r, struct found *found)
{
	waited_for_worker(g, r, found, EVIDENCE_READ, true);
	waited_for_worker(g, r, found, EVIDENCE_LATE, true);
	waited_for_worker(g, r, found, EVIDENCE_NEWS, false);
	waited_for_worker(g, r, found, EVIDENCE_GONE, false);
}

/* Somebody may yet re-arm it: who ends what waits is noted as it ends. */
static bool is_under_way(const struct evidence *e)
{
	return !e->tid;
}

void find_rearm(const struct grounds *g, const struct rule *r, struct found *found)
{
	FOR_EVIDENCE (g, EVIDENCE_REARM, row) {
		const struct evidence *e = &row->evidence;
		struct finding *f;

		/* of a peer that only closed, nothing is to be read */
		if (!enough(r, e->count, 0) || !e->amount ||
		    (is_under_way(e) && hands_over(g, row->key.tgid)))
			continue;
		f = found_add(found, r, e->ns);
		f->open = is_under_way(e);
		finding_about(g, f, row);
		finding_unread(f, e);
		finding_rests_on(f, "waited_ns", e->ns);
		finding_rests_on(f, "times", e->count);
	}
}

/* A write found no room, its thread sleeps, and nothing will tell it of room. */
void find_room(const struct grounds *g, const struct rule *r, struct found *found)
{
	FOR_EVIDENCE (g, EVIDENCE_ROOM, row) {
		const struct evidence *e = &row->evidence;
		__u64 ns = e->ns;
		struct finding *f;

		if (e->since && remainder_of(g->s->time, e->since) > ns)
			ns = remainder_of(g->s->time, e->since);
		if (!enough(r, ns, g->s->stall_ns))
			continue;
		f = found_add(found, r, ns);
		finding_about(g, f, row);
		finding_rests_on(f, "queued", e->amount);
		finding_rests_on(f, "waited_ns", ns);
		finding_rests_on(f, "times", e->count);
	}
}

void find_nagle(const struct grounds *g, const struct rule *r, struct found *found)
{
	FOR_EVIDENCE (g, EVIDENCE_NAGLE, row) {
		struct finding *f;

		if (!enough(r, row->evidence.count, 0))
			continue;
		f = found_add(found, r, row->evidence.count);
		finding_about(g, f, row);
		finding_rests_on(f, "times", row->evidence.count);
		finding_rests_on(f, "longest_ns", row->evidence.ns);
		finding_costs(f, "waited_ns", row->evidence.ns);
	}
}

#define BUSY_OFTEN 3 /* what happens once or twice, as at the start, is no way of working */

/* By what took most of the time: the rule's cause. */
void find_busy_loop(const struct grounds *g, const struct rule *r, struct found *found)
{
	enum evidence_of how = !strcmp(r->cause, "computed") ? EVIDENCE_COMPUTED
			       : !strcmp(r->cause, "asleep") ? EVIDENCE_ASLEEP
							     : EVIDENCE_NOT_RUN;

	FOR_EVIDENCE (g, how, row) {
		const struct evidence *e = &row->evidence;
		struct finding *f;

		if (!enough(r, e->ns, 0) || e->count < BUSY_OFTEN)
			continue;
		f = found_add(found, r, e->ns);
		finding_about(g, f, row);
		finding_rests_on(f, "longest_ns", e->ns);
		finding_rests_on(f, "times", e->count);
	}
}

#define LATE_WAKES  100 /* of fewer, one in a hundred is a matter of chance */
#define LATE_FACTOR 10  /* to what some may be later than half of all */

/* Of the time from the wake to the return of the call the scheduler had so much. */
void find_scheduler(const struct grounds *g, const struct rule *r, struct found *found)
{
	const struct hist *late = &g->s->latencies[LATENCY_WAKING_TO_ONCPU];
	const struct hist *all = &g->s->latencies[LATENCY_WAKING_TO_RETURN];
	uint64_t p50, p99;
	struct finding *f;

	if (!hist_percentile(late, 0.5, &p50) || !hist_percentile(late, 0.99, &p99) ||
	    late->count < LATE_WAKES || (p50 < r->least && p99 < LATE_FACTOR * r->least) ||
	    !all->sum || late->sum * 100.0 < all->sum * (double)r->percent)
		return;
	f = found_add(found, r, p99);
	finding_rests_on(f, "wakes", late->count);
	finding_rests_on(f, "share", late->sum * 100 / all->sum);
	finding_rests_on(f, "p50_ns", p50);
	finding_rests_on(f, "p99_ns", p99);
	finding_costs(f, "late_ns", late->sum);
}
