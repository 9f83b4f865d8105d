// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "display.h"

#include <stdio.h>

#include "compare_found.h"

_Static_assert(MAX_SUBJECTS <= RECORDED_SUBJECTS && MAX_STEPS <= RECORDED_STEPS,
	       "a plan has room for all");

static FILE *file(const struct display *d)
{
	return output_file(d->output);
}

static void record_turn(struct display *d, enum turn turn)
{
	const struct recorded_turn what = {.turn = turn,
					   .step = d->info.step,
					   .round = d->info.round,
					   .completed = d->info.completed};

	if (d->recorder)
		recorder_add(d->recorder, SECTION_TURN, &what);
}

static void record_plan(struct display *d)
{
	const struct growth *g = &d->growth;
	struct recorded_plan plan = {.rounds = d->info.rounds,
				     .listed = d->info.listed,
				     .n_subjects = g->n_subjects,
				     .n_steps = g->n_steps};

	for (unsigned i = 0; i < g->n_subjects; i++)
		plan.subjects[i] = (struct recorded_subject){g->names[i], g->max_conns[i]};
	for (unsigned i = 0; i < g->n_steps; i++)
		plan.steps[i] = (struct recorded_step){g->steps[i].conns, g->steps[i].active};
	recorder_add(d->recorder, SECTION_PLAN, &plan);
}

void display_start(struct display *d)
{
	d->info.growth = &d->growth;
	d->view->start(file(d), &d->info);
	if (!d->recorder)
		return;
	recorder_start(d->recorder, d->info.run, 0);
	record_plan(d);
}

void display_begin(struct display *d)
{
	if (!d->info.round)
		comparison_init(&d->comparison, d->growth.names, d->growth.n_subjects);
	d->view->begin(file(d), &d->info, &d->comparison);
	record_turn(d, TURN_BEGIN);
}

static void record_ran(struct display *d, unsigned subject, const struct outcome *o,
		       const char *failure)
{
	d->ran = (struct recorded_ran){.step = d->info.step,
				       .round = d->info.round,
				       .subject = subject,
				       .failed = failure,
				       .total = *o->total,
				       .end = *o->run_end,
				       .load_begins = o->begin,
				       .load_ends = o->end,
				       .cpu_ns = o->cpu_ns};
	if (failure)
		snprintf(d->ran.failure, sizeof(d->ran.failure), "%s", failure);
	recorder_add(d->recorder, SECTION_RAN, &d->ran);
}

/* A subject that is wrong on purpose counts, whatever became of it. */
void display_ran(struct display *d, unsigned subject, const struct outcome *o, const char *failure)
{
	struct comparison *c = &d->comparison;

	if (failure && !c->failed[subject]++)
		snprintf(c->failure[subject], sizeof(c->failure[subject]), "%s", failure);
	comparison_add(c, subject, o);
	found_in_round(c, subject, o);
	growth_set(&d->growth, d->info.step, c);
	d->view->ran(file(d), &d->info, c, subject, o);
	if (d->recorder)
		record_ran(d, subject, o, failure);
}

void display_round(struct display *d)
{
	d->view->round(file(d), &d->info, &d->comparison);
	record_turn(d, TURN_ROUND);
}

void display_done(struct display *d)
{
	d->view->done(file(d), &d->info, &d->comparison);
	record_turn(d, TURN_DONE);
}

void display_end(struct display *d)
{
	d->view->end(file(d), &d->info);
	record_turn(d, TURN_END);
}

int display_flush(struct display *d)
{
	if (d->recorder)
		recorder_flush(d->recorder);
	return output_flush(d->output);
}
