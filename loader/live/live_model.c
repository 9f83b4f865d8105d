// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "live_model.h"

#include <stdlib.h>
#include <string.h>

#include "calls.h"

#define SECOND_NS  1000000000ull
#define NEARLY_NS  (SECOND_NS / 20 * 19) /* samples come a little early, too */
#define PAST_EVERY (SECOND_NS / 5)       /* totals that are kept are so far apart at least */

const enum latency kept_latencies[N_KEPT_LATENCIES] = {
	[KEPT_WAKEUP] = LATENCY_WAKING_TO_RETURN,
	[KEPT_SERVICE] = LATENCY_READY_TO_READ,
};

bool model_open(struct model *m)
{
	bool room = true;

	m->now = calloc(1, sizeof(*m->now));
	m->second = calloc(1, sizeof(*m->second));
	m->found = calloc(MAX_FINDINGS, sizeof(*m->found));
	for (unsigned i = 0; i < MAX_PAST; i++) {
		m->past[i] = calloc(1, sizeof(*m->past[i]));
		room &= m->past[i] != NULL;
	}
	return room && m->now && m->second && m->found;
}

void model_close(struct model *m)
{
	free(m->now);
	free(m->second);
	free(m->found);
	for (unsigned i = 0; i < MAX_PAST; i++)
		free(m->past[i]);
	*m = (struct model){.info = NULL};
}

void model_reset(struct model *m)
{
	m->n_past = m->n_moments = m->n_found = m->n_wrong = 0;
	m->n_threads = m->n_epolls = m->n_interests = m->n_waiting = 0;
	m->elapsed_ns = 0;
	m->open = (struct moment){.ns = 0};
	m->end = NULL;
	*m->fine = '\0';
	memset(m->now, 0, sizeof(*m->now));
	memset(m->second, 0, sizeof(*m->second));
}

unsigned band_of(__u64 ns)
{
	unsigned band = ns ? 63 - __builtin_clzll(ns) : 0;

	return band < N_BANDS ? band : N_BANDS - 1;
}

static void gather(struct moment *to, const struct snapshot *delta)
{
	to->ns += delta->time;
	for (unsigned row = 0; row < MAX_CALLS; row++)
		to->calls[row] += calls_returned(&delta->stats[row]);
	for (unsigned i = 0; i < N_COUNTERS; i++)
		to->counters[i] += delta->counters[i];
	for (unsigned k = 0; k < N_KEPT_LATENCIES; k++) {
		const struct hist *h = &delta->latencies[kept_latencies[k]];

		for (unsigned slot = 0; h->count && slot < HIST_SLOTS; slot++)
			to->bands[k][band_of(hist_floor(slot))] += h->slots[slot];
	}
}

/* A column is full after a second. */
static void keep_moment(struct model *m, const struct snapshot *delta)
{
	gather(&m->open, delta);
	if (m->open.ns < NEARLY_NS)
		return;
	if (m->n_moments == MINUTE)
		memmove(m->moments, m->moments + 1, --m->n_moments * sizeof(m->moments[0]));
	m->moments[m->n_moments++] = m->open;
	m->open = (struct moment){.ns = 0};
}

/* The totals of a second ago, or the newest that are older; NULL: tracing began later. */
static const struct snapshot *second_ago(const struct model *m)
{
	for (unsigned i = 0; i < m->n_past; i++)
		if (m->now->time - m->past[i]->time >= NEARLY_NS)
			return m->past[i];
	return m->n_past ? m->past[m->n_past - 1] : NULL;
}

/* The newest stand first. */
static void keep_past(struct model *m)
{
	struct snapshot *last = m->past[MAX_PAST - 1];

	if (m->n_past && m->now->time - m->past[0]->time < PAST_EVERY)
		return;
	for (unsigned i = MAX_PAST - 1; i; i--)
		m->past[i] = m->past[i - 1];
	m->past[0] = last;
	*last = *m->now;
	m->n_past += m->n_past < MAX_PAST;
}

/* What is new of the counts of a row; before NULL: it had none, if all rows were there to be seen.
 */
static void row_delta(__u64 *to, const __u64 *now, const __u64 *before, unsigned n, bool whole)
{
	for (unsigned i = 0; i < n; i++) {
		if (before)
			to[i] = remainder_of(now[i], before[i]);
		else
			to[i] = whole ? now[i] : 0;
	}
}

static void take_threads(struct model *m, const struct details *before)
{
	const struct details *d = &m->now->now;
	unsigned had = before ? rows_kept(before->n_threads, MAX_ROWS) : 0;

	m->n_threads = rows_kept(d->n_threads, MAX_ROWS);
	for (unsigned i = 0; i < m->n_threads; i++) {
		struct thread_line *line = &m->threads[i];
		const __u64 *v = NULL;

		line->thread = &d->threads[i];
		for (unsigned k = 0; k < had && !v; k++)
			if (before->threads[k].key.tid == line->thread->key.tid &&
			    before->threads[k].key.start == line->thread->key.start)
				v = before->threads[k].v;
		row_delta(line->v, line->thread->v, v, N_THREAD_COUNTS,
			  !before || before->n_threads <= MAX_ROWS);
	}
}

static void take_epolls(struct model *m, const struct details *before)
{
	const struct details *d = &m->now->now;
	unsigned had = before ? rows_kept(before->n_epolls, MAX_ROWS) : 0;

	m->n_epolls = 0;
	for (unsigned i = 0; i < rows_kept(d->n_epolls, MAX_ROWS); i++) {
		struct epoll_line *line = &m->epolls[m->n_epolls];
		const __u64 *v = NULL;

		if (!d->epolls[i].id)
			continue; /* what did not fit */
		line->epoll = &d->epolls[i];
		for (unsigned k = 0; k < had && !v; k++)
			if (before->epolls[k].id == line->epoll->id)
				v = before->epolls[k].state.v;
		row_delta(line->v, line->epoll->state.v, v, N_INTEREST_COUNTS,
			  !before || before->n_epolls <= MAX_ROWS);
		m->n_epolls++;
	}
}

static bool same_interest(const struct interest *a, const struct interest *b)
{
	return a->key.epoll == b->key.epoll && a->key.data == b->key.data && a->file == b->file;
}

static void take_interests(struct model *m, const struct details *before)
{
	const struct details *d = &m->now->now;
	unsigned had = before ? rows_kept(before->n_interests, MAX_ROWS) : 0;

	m->n_interests = rows_kept(d->n_interests, MAX_ROWS);
	for (unsigned i = 0; i < m->n_interests; i++) {
		struct interest_line *line = &m->interests[i];
		const __u64 *v = NULL;

		*line = (struct interest_line){.interest = &d->interests[i]};
		for (unsigned k = 0; k < had && !v; k++)
			if (same_interest(&before->interests[k], line->interest))
				v = before->interests[k].v;
		row_delta(line->v, line->interest->v, v, N_INTEREST_COUNTS,
			  !before || before->n_interests <= MAX_ROWS);
		for (unsigned k = 0; k < m->n_epolls; k++)
			if (m->epolls[k].epoll->id == line->interest->key.epoll)
				line->epoll = m->epolls[k].epoll;
	}
}

static void find(struct model *m)
{
	struct run_end so_far = {.failure = "", .before = m->before, .elapsed_ns = m->elapsed_ns};
	const struct run_end *end = m->end ? m->end : &so_far;

	m->n_found = findings_find(m->now, end, m->found, MAX_FINDINGS);
	m->n_wrong = 0;
	for (unsigned i = 0; i < m->n_found; i++)
		m->n_wrong += m->found[i].rule->weight == WRONG;
	if (!findings_none(m->now, end, m->n_found, m->fine, sizeof(m->fine)))
		*m->fine = '\0';
}

void model_take(struct model *m, const struct snapshot *delta, const struct snapshot *total,
		__u64 elapsed_ns)
{
	const struct snapshot *ago;

	*m->now = *total;
	m->elapsed_ns = elapsed_ns;
	keep_moment(m, delta);
	ago = second_ago(m);
	if (!ago || delta->time >= NEARLY_NS)
		*m->second = *delta;
	else
		snapshot_delta(m->second, m->now, ago);
	take_threads(m, ago ? &ago->now : NULL);
	take_epolls(m, ago ? &ago->now : NULL);
	take_interests(m, ago ? &ago->now : NULL);
	model_find_waiting(m);
	find(m);
	keep_past(m);
}

static double rate(__u64 n, __u64 ns)
{
	return ns ? n * 1e9 / ns : 0;
}

unsigned model_calls(const struct model *m, unsigned row, double values[MINUTE])
{
	for (unsigned i = 0; i < m->n_moments; i++)
		values[i] = rate(m->moments[i].calls[row], m->moments[i].ns);
	return m->n_moments;
}

unsigned model_counter(const struct model *m, enum counter counter, double values[MINUTE])
{
	for (unsigned i = 0; i < m->n_moments; i++)
		values[i] = rate(m->moments[i].counters[counter], m->moments[i].ns);
	return m->n_moments;
}
