// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "compare_replay.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "exit_status.h"
#include "format.h"

int display_open(struct display *d, const struct replay *opt, const struct compare_view *view,
		 struct run_info *info)
{
	d->view = view;
	d->output = output_open(opt->out.path);
	if (!d->output)
		return -1;
	output_empty(d->output);
	info->fd = output_fd(d->output);
	info->color = !opt->out.no_color && layout_may_color(info->fd);
	d->info.run = info;
	return 0;
}

/* Writes all that has been printed. Returns 0 or -1 after one line on stderr. */
static int drain(struct display *d)
{
	return output_drain(d->output, 0);
}

/* Whether a plan is one that can have been carried out. */
static bool is_sound(const struct recorded_plan *p)
{
	unsigned last = 0;

	if (p->n_subjects < 2 || p->n_subjects > MAX_SUBJECTS || !p->n_steps ||
	    p->n_steps > MAX_STEPS || !p->rounds || p->rounds > MAX_ROUNDS)
		return false;
	for (unsigned i = 0; i < p->n_steps; last = p->steps[i++].conns)
		if (p->steps[i].conns <= last || !p->steps[i].active ||
		    p->steps[i].active > p->steps[i].conns)
			return false;
	return true;
}

static void take_plan(struct display *d, const struct recorded_plan *p)
{
	struct growth *g = &d->growth;

	g->n_subjects = p->n_subjects;
	g->n_steps = p->n_steps;
	for (unsigned i = 0; i < p->n_subjects; i++) {
		g->names[i] = p->subjects[i].name;
		g->max_conns[i] = p->subjects[i].max_conns;
	}
	for (unsigned i = 0; i < p->n_steps; i++)
		growth_set_step(g, i, p->steps[i].conns, p->steps[i].active);
	d->info.rounds = p->rounds;
	d->info.listed = p->listed;
	comparison_init(&d->comparison, g->names, g->n_subjects);
}

static void take_ran(struct display *d, const struct recorded_ran *ran)
{
	struct run_end end = ran->end;
	const struct outcome o = {.total = &ran->total,
				  .run_end = &end,
				  .begin = ran->load_begins,
				  .end = ran->load_ends,
				  .cpu_ns = ran->cpu_ns};

	if (ran->subject >= d->growth.n_subjects || d->comparison.n[ran->subject] == MAX_ROUNDS)
		return;
	d->info.round = ran->round;
	display_ran(d, ran->subject, &o, ran->failed ? ran->failure : NULL);
}

static void (*const shows[N_TURNS])(struct display *d) = {
	[TURN_BEGIN] = display_begin,
	[TURN_ROUND] = display_round,
	[TURN_DONE] = display_done,
	[TURN_END] = display_end,
};

/* What is told of a step that there is not, is nothing. */
static void take_turn(struct display *d, const struct recorded_turn *t, enum turn *last)
{
	if (t->step >= d->growth.n_steps)
		return;
	d->info.step = t->step;
	d->info.round = t->round;
	d->info.completed = t->completed;
	*last = t->turn;
	shows[t->turn](d);
}

/* Shows how far it came where the recording does not say how it ended. */
static void show_end(struct display *d, enum turn last)
{
	d->info.completed = false;
	if (last == TURN_BEGIN || last == TURN_ROUND)
		display_done(d);
	if (d->info.listed && last != TURN_END)
		display_end(d);
}

static int show(struct display *d, struct recording *r)
{
	const struct recorded_plan *plan = recording_data(r, SECTION_PLAN);
	enum section section = recording_next(r);
	enum turn last = TURN_END;
	char until[32];

	if (section != SECTION_PLAN || !is_sound(plan)) {
		warnx("cannot show %s: %s", recording_path(r),
		      recording_flaw(r) ? recording_flaw(r) : "it is damaged: it compares nothing");
		return EXIT_FAILED;
	}
	take_plan(d, plan);
	display_start(d);
	while (!drain(d) && (section = recording_next(r)) != N_SECTIONS) {
		if (section == SECTION_RAN)
			take_ran(d, recording_data(r, section));
		else if (section == SECTION_TURN)
			take_turn(d, recording_data(r, section), &last);
	}
	show_end(d, last);
	if (drain(d))
		return EXIT_FAILED;
	snprintf(until, sizeof(until), "round %u", d->info.round);
	return replay_say_flaw(r, until, "shown");
}

int compare_replay(const struct replay *opt, const struct compare_view *view, struct recording *r)
{
	struct display *d = calloc(1, sizeof(*d));
	struct run_info info = recording_head(r)->info;
	char origin[ORIGIN_SIZE];
	int status = EXIT_FAILED;

	info.recorded = replay_origin(recording_head(r), origin, sizeof(origin));
	if (!d)
		warn("cannot show %s", recording_path(r));
	else if (!display_open(d, opt, view, &info))
		status = show(d, r);
	if (d)
		output_close(d->output);
	free(d);
	return status;
}
