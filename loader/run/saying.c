// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "saying.h"

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

static bool is_said(const struct loop *l, const struct finding *f)
{
	for (unsigned i = 0; i < l->n_said; i++)
		if (finding_is(&l->said[i], f))
			return true;
	return false;
}

void loop_say_findings(struct loop *l, const struct snapshot *sample)
{
	struct run_end end = loop_end_so_far(l, sample);
	unsigned n = findings_find(sample, &end, l->found, MAX_FINDINGS);

	for (unsigned i = 0; i < n; i++) {
		const struct finding *f = &l->found[i];

		if (!f->rule->live || f->open || l->n_said == MAX_SAID || is_said(l, f))
			continue;
		l->said[l->n_said++] = *f;
		l->st->out.sink->finding(l->file, &l->st->info, f, end.elapsed_ns);
	}
}
