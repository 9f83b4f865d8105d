// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "grounds.h"

#include <string.h>

#include "calls.h"
#include "counts.h"

static void sum_waits(struct grounds *g, unsigned row, const struct call_stats *stats)
{
	bool cut = !call_waits_for_signals(row);

	g->interrupted += cut ? stats->verdicts[VERDICT_INTERRUPTED] : 0;
	if (cut && stats->verdicts[VERDICT_INTERRUPTED] >
			   g->s->stats[g->interrupter].verdicts[VERDICT_INTERRUPTED])
		g->interrupter = row;
	if (calls[row].class == CLASS_MUX &&
	    stats->verdicts[VERDICT_TIMEOUT] > g->s->stats[g->timer].verdicts[VERDICT_TIMEOUT])
		g->timer = row;
}

/* Calls that are no wait calls, and slept all the same. */
static void sum_elsewhere(struct grounds *g, unsigned row, const struct call_stats *stats)
{
	if (!stats->verdicts[VERDICT_SLEPT])
		return;
	g->elsewhere_ns += stats->duration.sum;
	if (!g->sleeper || stats->duration.sum > g->s->stats[g->sleeper].duration.sum)
		g->sleeper = row;
}

static void sum_io(struct grounds *g, unsigned row, const struct call_stats *stats)
{
	enum call_kind kind = calls[row].kind;

	g->refused += stats->verdicts[VERDICT_EMPTY];
	g->accepts += kind == KIND_ACCEPT ? calls_succeeded(stats) : 0;
	if (kind_gives_bytes(kind)) {
		g->taken += remainder_of(calls_succeeded(stats), stats->zero);
		g->ends += stats->zero;
	} else if (kind == KIND_RECVMMSG || kind == KIND_ACCEPT)
		g->taken += calls_succeeded(stats);
	else
		g->written += calls_succeeded(stats);
}

static void sum_calls(struct grounds *g)
{
	for (unsigned i = OTHER_CALL + 1; i < n_calls; i++) {
		const struct call_stats *stats = &g->s->stats[i];

		switch (calls[i].class) {
		case CLASS_OTHER:
			sum_elsewhere(g, i, stats);
			continue;
		case CLASS_VOID:
			continue;
		case CLASS_IO:
			sum_io(g, i, stats);
			break;
		default:
			sum_waits(g, i, stats);
		}
		g->watched += g->s->calls[i];
		g->ended += calls_returned(stats);
		g->waited_ns += stats->duration.sum;
	}
}

static void sum_details(struct grounds *g)
{
	const struct details *d = &g->s->now;

	for (unsigned i = 0; i < rows_kept(d->n_epolls, MAX_ROWS); i++)
		g->instances +=
			d->epolls[i].id && d->epolls[i].state.v[COUNT_REPORTS - COUNT_EDGES] > 0;
	for (unsigned i = 0; i < rows_kept(d->n_evidence, MAX_EVIDENCE_ROWS); i++)
		if (d->evidence[i].key.what == EVIDENCE_SPIN)
			g->spun += d->evidence[i].evidence.count;
}

struct grounds grounds_of(const struct snapshot *total, const struct run_end *end)
{
	struct grounds g = {.s = total, .end = end, .c = total->counters};

	g.waits = g.c[COUNT_WORK_RETURNS];
	g.sigio = snapshot_sigio(total);
	for (unsigned i = 0; i < end->witnesses.n_rows && !g.differs; i++)
		if (!testimony_agrees(&end->witnesses.rows[i]))
			g.differs = &end->witnesses.rows[i];
	sum_calls(&g);
	sum_details(&g);
	return g;
}

bool enough(const struct rule *r, __u64 part, __u64 whole)
{
	return part && part >= r->least && part * 100.0 >= whole * (double)r->percent;
}

const struct evidence *grounds_evidence(const struct grounds *g, enum evidence_of what, __u32 tgid,
					__u32 of)
{
	const struct details *d = &g->s->now;

	for (unsigned i = 0; i < rows_kept(d->n_evidence, MAX_EVIDENCE_ROWS); i++) {
		const struct evidence_key *key = &d->evidence[i].key;

		if (key->what == what && key->tgid == tgid && key->of == of)
			return &d->evidence[i].evidence;
	}
	return NULL;
}
