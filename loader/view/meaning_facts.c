// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "meaning_facts.h"

#include <string.h>

#include "calls.h"
#include "percentile.h"

bool largest_stage(const struct facts *f, enum latency *stage, __u64 *ns, __u64 *sum)
{
	static const enum latency stages[] = {LATENCY_READY_TO_WAKING, LATENCY_WAKING_TO_ONCPU,
					      LATENCY_ONCPU_TO_RETURN};
	uint64_t p50;

	*ns = *sum = 0;
	for (unsigned i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (stages[i] == LATENCY_READY_TO_WAKING && !sees(f->s, SEES_READY))
			continue;
		if (!hist_percentile(&f->s->latencies[stages[i]], 0.5, &p50))
			return false;
		*sum += p50;
		if (p50 < *ns)
			continue;
		*stage = stages[i];
		*ns = p50;
	}
	return true;
}

static void sum_calls(struct facts *f)
{
	for (unsigned i = OTHER_CALL + 1; i < n_calls; i++) {
		const struct call_stats *stats = &f->s->stats[i];
		enum call_kind kind = calls[i].kind;

		if (calls[i].class == CLASS_MUX) {
			f->at_once += stats->verdicts[VERDICT_READY];
			f->empty += stats->verdicts[VERDICT_EMPTY];
		} else if (calls[i].class == CLASS_IO) {
			f->refused += stats->verdicts[VERDICT_EMPTY];
		}
		if (calls[i].class != CLASS_OTHER && calls[i].class != CLASS_VOID)
			f->watched += f->s->calls[i];
		if (kind_gives_bytes(kind) || kind == KIND_RECVMMSG || kind == KIND_ACCEPT)
			f->taken += calls_succeeded(stats);
		else if (kind == KIND_WRITE)
			f->written += calls_succeeded(stats);
	}
}

static void sum_sleeps(struct facts *f)
{
	__u64 most = 0;

	for (unsigned i = OTHER_CALL + 1; i < n_calls; i++) {
		__u64 slept = f->s->stats[i].verdicts[VERDICT_SLEPT];

		if (calls[i].class != CLASS_OTHER)
			continue;
		f->slept_elsewhere += slept;
		if (slept > most)
			f->sleeper = calls[i].name;
		most = slept > most ? slept : most;
	}
}

static void sum_details(struct facts *f)
{
	const struct details *d = &f->s->now;

	for (unsigned i = 0; i < rows_kept(d->n_threads, MAX_ROWS); i++)
		f->idlers += d->threads[i].v[COUNT_WASTED] || d->threads[i].v[COUNT_ABSORBED];
	for (unsigned i = 0; i < rows_kept(d->n_epolls, MAX_ROWS); i++)
		f->instances += d->epolls[i].state.v[COUNT_REPORTS - COUNT_EDGES] > 0;
	for (unsigned i = 0; i < rows_kept(d->n_interests, MAX_ROWS); i++)
		f->silent += interest_is_disarmed(&d->interests[i]);
}

struct facts facts_find(const struct snapshot *total, const struct run_end *end)
{
	struct facts f = {.s = total, .end = end, .c = total->counters};

	f.waits = f.c[COUNT_WORK_RETURNS];
	f.idle = f.c[COUNT_WASTED] + f.c[COUNT_ABSORBED];
	f.sigio = snapshot_sigio(total);
	for (unsigned i = 0; i < end->witnesses.n_rows && !f.differs; i++)
		if (!testimony_agrees(&end->witnesses.rows[i]))
			f.differs = &end->witnesses.rows[i];
	sum_calls(&f);
	sum_sleeps(&f);
	sum_details(&f);
	return f;
}
