// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Reads the maps of rows: threads, wakers, epoll instances, interests, stalls. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backlogs.h"
#include "details.h"
#include "entries.h"
#include "places.h"
#include "proc_comm.h"
#include "run_program.h"

/* A timer that only ticks, however fast, tells the least. */
static __u64 thread_weight(const void *row)
{
	const struct thread_stats *t = row;

	return t->v[COUNT_WAKES] - t->v[COUNT_TIMED];
}

static __u64 waker_weight(const void *row)
{
	return ((const struct waker_row *)row)->waker.wakes;
}

static __u64 reports_of(const __u64 v[N_INTEREST_COUNTS])
{
	return v[COUNT_REPORTS - COUNT_EDGES];
}

static __u64 interest_weight(const void *row)
{
	return reports_of(((const struct interest *)row)->v);
}

static __u64 stall_weight(const void *row)
{
	return -((const struct stall_row *)row)->stall.since;
}

#define PLACE(rows, n, max, weight, weight_of)                                                     \
	row_place(rows, sizeof(*(rows)), (n)++, max, weight, weight_of)

static void keep_thread(struct details *d, const struct thread_stats *t)
{
	__u64 any = 0;
	unsigned at;

	for (unsigned n = 0; n < N_THREAD_COUNTS; n++)
		any |= t->v[n];
	if (!any)
		return;
	at = PLACE(d->threads, d->n_threads, MAX_ROWS, thread_weight(t), thread_weight);
	if (at < MAX_ROWS)
		d->threads[at] = *t;
}

static void take_task(void *ctx, const volatile void *place)
{
	struct task_row row = *(const volatile struct task_row *)place;

	if (row.task && row.stats.key.tid)
		keep_thread(ctx, &row.stats);
}

static void take_ended(void *ctx, const void *key, const void *value)
{
	(void)key;
	keep_thread(ctx, value);
}

static void take_waker(void *ctx, const void *key, const void *value)
{
	const struct waker *w = value;
	struct details *d = ctx;
	unsigned at = PLACE(d->wakers, d->n_wakers, MAX_ROWS, w->wakes, waker_weight);

	if (at < MAX_ROWS)
		d->wakers[at] = (struct waker_row){*(const struct waker_key *)key, *w};
}

/* All instances while they are summed up; only the busiest stay. */
struct epoll_sum {
	const struct wakelab *skel;
	struct snapshot *snap;
	int stalls;             /* the map's descriptor */
	struct epoll_row *rows; /* by id; the first, 0, has what found no room */
	unsigned n;
};

static void take_epoll(void *ctx, const volatile void *place)
{
	struct epoll_sum *sum = ctx;

	sum->rows[sum->n].id = sum->n;
	sum->rows[sum->n++].state = *(const volatile struct epoll_state *)place;
}

static void epoll_add(struct epoll_sum *sum, __u64 id, const __u64 v[N_INTEREST_COUNTS])
{
	struct epoll_row *row = &sum->rows[id < sum->n ? id : 0];

	row->interests++;
	for (unsigned n = 0; n < N_INTEREST_COUNTS; n++)
		row->state.v[n] += v[n];
}

/* How long data has lain about at the time of the snapshot: the map is read after that. */
static __u64 left_for(const struct snapshot *snap, const struct stall *s)
{
	return remainder_of(snap->time, s->since);
}

/* Adds the stall of an interest that is under way to what it has counted. */
static void add_stall(const struct epoll_sum *sum, struct interest *i)
{
	struct stall s;

	if (!i->stalled || bpf_map_lookup_elem(sum->stalls, &i->key, &s) ||
	    left_for(sum->snap, &s) < sum->snap->stall_ns)
		return;
	i->v[COUNT_STALLS - COUNT_EDGES]++;
	i->v[COUNT_STALLED_NS - COUNT_EDGES] += left_for(sum->snap, &s);
}

static __u64 evidence_weight(const void *row)
{
	return ((const struct evidence_row *)row)->evidence.count;
}

/* If that cannot be asked, it does not. */
static bool waits_in_vain(const struct wakelab *skel, const struct interest_key *key)
{
	const __u64 args[] = {key->epoll, key->data};

	return !run_program(skel->progs.look_at_waiting, args, sizeof(args)) &&
	       skel->bss->waits_in_vain;
}

/* What waits at a registration that is disarmed is no evidence in the kernel before it ends. */
static void add_waiting(const struct epoll_sum *sum, const struct interest *i)
{
	struct details *d = &sum->snap->now;
	__u64 ns = remainder_of(sum->snap->time, i->waiting);
	unsigned at;

	if (!i->waiting || ns < sum->snap->stall_ns || !waits_in_vain(sum->skel, &i->key))
		return;
	at = PLACE(d->evidence, d->n_evidence, MAX_EVIDENCE_ROWS, 1, evidence_weight);
	if (at >= MAX_EVIDENCE_ROWS)
		return;
	d->evidence[at] = (struct evidence_row){
		.key = {.what = EVIDENCE_REARM,
			.tgid = sum->rows[i->key.epoll < sum->n ? i->key.epoll : 0].state.tgid,
			.of = i->fd},
		.evidence = {.count = 1,
			     .since = i->waiting,
			     .ns = ns,
			     .amount = i->waits,
			     .unit = i->unit,
			     .file = i->file,
			     .fd = i->fd,
			     .kind = i->kind},
	};
}

static void take_interest(void *ctx, const volatile void *place)
{
	struct interest i = *(const volatile struct interest *)place;
	struct epoll_sum *sum = ctx;
	struct details *d = &sum->snap->now;
	unsigned at;

	if (!i.key.epoll)
		return;
	at = PLACE(d->interests, d->n_interests, MAX_ROWS, reports_of(i.v), interest_weight);
	add_stall(sum, &i);
	add_waiting(sum, &i);
	if (at < MAX_ROWS)
		d->interests[at] = i;
	if (sum->n)
		epoll_add(sum, i.key.epoll, i.v);
}

static __u64 epoll_weight(const void *row)
{
	return reports_of(((const struct epoll_row *)row)->state.v);
}

/* The epoll instances, each with what its interests counted, and the busiest interests. */
static int sample_epolls(const struct wakelab *skel, struct snapshot *snap)
{
	const __u32 used = skel->bss->epolls_used + 1; /* and the first, which is nobody's */
	unsigned n = places_of(skel->maps.epolls, &used);
	struct epoll_sum sum = {
		.skel = skel, .snap = snap, .stalls = bpf_map__fd(skel->maps.stalls)};
	struct details *d = &snap->now;
	int err = -1;

	sum.rows = calloc(n, sizeof(*sum.rows));
	if (sum.rows && !for_each_place(skel->maps.epolls, n, &sum, take_epoll)) {
		err = for_each_place(
			skel->maps.interest_places,
			places_of(skel->maps.interest_places, &skel->bss->interests_used), &sum,
			take_interest);
	}
	for (unsigned i = 0; !err && i < sum.n; i++) {
		unsigned at = PLACE(d->epolls, d->n_epolls, MAX_ROWS, epoll_weight(&sum.rows[i]),
				    epoll_weight);

		if (at < MAX_ROWS)
			d->epolls[at] = sum.rows[i];
	}
	free(sum.rows);
	return err;
}

static void take_stall(void *ctx, const void *key, const void *value)
{
	const struct stall *s = value;
	struct snapshot *snap = ctx;
	struct details *d = &snap->now;
	unsigned at;

	if (left_for(snap, s) < snap->stall_ns)
		return;
	at = PLACE(d->stalls, d->n_stalls, MAX_ROWS, -s->since, stall_weight);
	if (at < MAX_ROWS)
		d->stalls[at] = (struct stall_row){*(const struct interest_key *)key, *s};
	if (s->unit < N_UNREAD)
		snap->stalled_left[s->unit] += s->unread;
	snap->stalled_ns += left_for(snap, s);
}

static __u64 source_weight(const void *row)
{
	return ((const struct source_row *)row)->generated;
}

static void take_source(void *ctx, const void *key, const void *value)
{
	__u64 generated = *(const __u64 *)value;
	struct details *d = ctx;
	unsigned at = PLACE(d->sources, d->n_sources, MAX_ROWS, generated, source_weight);

	if (at < MAX_ROWS)
		d->sources[at] = (struct source_row){*(const struct sigio_source *)key, generated};
}

/* A few reads of 0 and failures happen to any descriptor. */
static bool is_evidence(const struct evidence_key *key, const struct evidence *e)
{
	return (key->what != EVIDENCE_ENDS && key->what != EVIDENCE_FAILED) ||
	       e->count >= TROUBLES_LEAST;
}

static void take_evidence(void *ctx, const void *key, const void *value)
{
	const struct evidence *e = value;
	struct details *d = ctx;
	unsigned at;

	if (!is_evidence(key, e))
		return;
	at = PLACE(d->evidence, d->n_evidence, MAX_EVIDENCE_ROWS, e->count, evidence_weight);
	if (at < MAX_EVIDENCE_ROWS)
		d->evidence[at] = (struct evidence_row){*(const struct evidence_key *)key, *e};
}

struct looking {
	const struct bpf_program *prog;
	const struct snapshot *snap;
	int err;
};

/* What a process accepted and keeps is no evidence before it is looked for. */
static void look_at_keeper(void *ctx, const void *key, const void *value)
{
	struct looking *looking = ctx;
	__u64 tgid = *(const __u32 *)key;

	(void)value;
	if (run_program(looking->prog, &tgid, sizeof(tgid)))
		looking->err = errno;
}

/* Returns 0, or -1 with errno. */
static int sample_evidence(const struct wakelab *skel, struct details *d)
{
	struct looking looking = {.prog = skel->progs.look_at_keeper};

	if (for_each_entry(skel->maps.keepers, &looking, look_at_keeper))
		return -1;
	errno = looking.err;
	return looking.err ? -1 : for_each_entry(skel->maps.evidences, d, take_evidence);
}

int details_sample(const struct wakelab *skel, struct snapshot *snap)
{
	struct details *d = &snap->now;

	if (for_each_place(skel->maps.task_places,
			   places_of(skel->maps.task_places, &skel->bss->tasks_used), d,
			   take_task) ||
	    for_each_entry(skel->maps.threads, d, take_ended) ||
	    for_each_entry(skel->maps.wakers, d, take_waker) || sample_epolls(skel, snap) ||
	    for_each_entry(skel->maps.sigio_sources, d, take_source) || sample_evidence(skel, d) ||
	    backlogs_sample(skel, snap) || for_each_entry(skel->maps.stalls, snap, take_stall))
		return -1;
	for (unsigned i = 0; i < rows_kept(d->n_threads, MAX_ROWS); i++)
		if (!*d->threads[i].comm)
			read_comm(d->threads[i].tgid, d->threads[i].key.tid, d->threads[i].comm,
				  sizeof(d->threads[i].comm));
	return 0;
}

/* One that is no stall yet is not told of. */
static void look_at_stall(void *ctx, const void *key, const void *value)
{
	struct looking *looking = ctx;
	const struct stall *s = value;

	if (left_for(looking->snap, s) >= looking->snap->stall_ns &&
	    run_program(looking->prog, key, sizeof(struct interest_key)))
		looking->err = errno;
}

int stalls_look(const struct wakelab *skel, const struct snapshot *snap)
{
	struct looking looking = {.prog = skel->progs.look_at_stall, .snap = snap};

	if (for_each_entry(skel->maps.stalls, &looking, look_at_stall))
		return -1;
	errno = looking.err;
	return looking.err ? -1 : 0;
}

int stalls_sample(const struct wakelab *skel, struct snapshot *snap)
{
	if (stalls_look(skel, snap))
		return -1;
	snap->now.n_stalls = 0;
	memset(snap->stalled_left, 0, sizeof(snap->stalled_left));
	return for_each_entry(skel->maps.stalls, snap, take_stall);
}
