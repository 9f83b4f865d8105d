// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "saying.h"

#define WARNINGS_AT_ONCE 8

struct run_end loop_end_so_far(const struct loop *l, const struct snapshot *sample)
{
	const struct stream *st = l->st;

	return (struct run_end){
		.failure = st->failure,
		.state = l->state,
		.before = st->processes ? session_beginning(st->session) : NULL,
		.elapsed_ns = sample->time - l->start,
	};
}

static __u64 elapsed(const struct loop *l, const struct snapshot *sample)
{
	return sample->time - l->start;
}

static void say_attached(struct loop *l)
{
	struct stream *st = l->st;
	const struct beginning *b = session_beginning(st->session);

	if (session_stalls(st->session, l->now, true))
		return;
	st->out.sink->attached(l->file, &st->info, b, l->now);
	if (st->recorder)
		recorder_attached(st->recorder, b, l->now);
}

void loop_say_start(struct loop *l)
{
	struct stream *st = l->st;

	st->out.sink->start(l->file, &st->info);
	if (st->recorder)
		recorder_start(st->recorder, &st->info, l->start);
	if (st->processes)
		say_attached(l);
}

void loop_say_moment(struct loop *l, bool show)
{
	const struct stream *st = l->st;

	if (show)
		snapshot_delta(l->delta, l->now, l->last);
	if (show && st->out.sink && !st->out.summary && !st->info.tells_events)
		st->out.sink->interval(l->file, &st->info, l->delta, l->now, elapsed(l, l->now));
	if (st->recorder)
		recorder_moment(st->recorder, l->now, elapsed(l, l->now), show);
}

static void say_stall(struct loop *l, const struct stall_row *row)
{
	const struct stream *st = l->st;
	__u64 stalled_ns = l->now->time - row->stall.since;

	st->out.sink->stall(l->file, &st->info, row, stalled_ns, elapsed(l, l->now));
	if (st->recorder)
		recorder_stall(st->recorder, row, stalled_ns, elapsed(l, l->now));
}

void loop_say_event(struct loop *l, const struct event_head *head)
{
	const struct stream *st = l->st;

	if (!st->out.summary)
		st->out.sink->event(l->file, &st->info, head);
	if (st->recorder)
		recorder_event(st->recorder, head);
}

void loop_warn_of_stalls(struct loop *l)
{
	__u64 before = l->now->time - l->now->stall_ns;
	struct details *d = &l->now->now;
	unsigned said = 0;

	for (unsigned i = 0; i < rows_kept(d->n_stalls, MAX_ROWS); i++) {
		__u64 since = d->stalls[i].stall.since;

		if (since <= l->warned || said == WARNINGS_AT_ONCE)
			continue;
		said++;
		say_stall(l, &d->stalls[i]);
	}
	l->warned = before;
}

static bool is_said(const struct loop *l, const struct finding *f)
{
	for (unsigned i = 0; i < l->n_said; i++)
		if (finding_is(&l->said[i], f))
			return true;
	return false;
}

void loop_say_findings(struct loop *l, const struct snapshot *sample)
{
	const struct stream *st = l->st;
	struct run_end end = loop_end_so_far(l, sample);
	unsigned n = st->out.sink ? findings_find(sample, &end, l->found, MAX_FINDINGS) : 0;

	for (unsigned i = 0; i < n; i++) {
		const struct finding *f = &l->found[i];

		if (!f->rule->live || f->open || l->n_said == MAX_SAID || is_said(l, f))
			continue;
		l->said[l->n_said++] = *f;
		st->out.sink->finding(l->file, &st->info, f, end.elapsed_ns);
		if (st->recorder)
			recorder_finding(st->recorder, f, end.elapsed_ns);
	}
}

void loop_say_summary(struct loop *l, const struct run_end *end)
{
	const struct stream *st = l->st;

	if (st->out.sink)
		st->out.sink->summary(l->file, &st->info, l->last, elapsed(l, l->last), end);
	if (st->recorder)
		recorder_summary(st->recorder, l->last, elapsed(l, l->last), end);
}
