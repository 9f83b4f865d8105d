// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "compare_run.h"

#include <err.h>
#include <stdlib.h>

#include "display.h"
#include "drawn.h"
#include "exit_status.h"
#include "format.h"
#include "load_describe.h"
#include "privileges.h"
#include "signals.h"
#include "sink_draw.h"
#include "stage.h"
#include "stream_signals.h"
#include "visible.h"

struct bench {
	const struct comparison_plan *plan;
	struct stream stream; /* as each run begins with it */
	struct display display;
	struct snapshot *total;
	char tier[64];
	struct signals before;
	bool over; /* before its time */
	int status;
};

static void stop(struct bench *b, int status)
{
	b->over = true;
	if (status != EXIT_DONE)
		b->status = status;
}

/* After every output: the bench stops if nobody is left to read it, or there is no room for it. */
static void flush(struct bench *b)
{
	if (display_flush(&b->display))
		stop(b, EXIT_FAILED);
}

/* Whether the run counts; the bench stops if it does not. failure gets why it failed, where that is
 * its fault, and it counts nevertheless. */
static bool counts(struct bench *b, unsigned subject, const struct stream *st, int status,
		   const char **failure)
{
	const struct subject *s = &b->plan->subjects[subject];
	bool faulty = s->server.faults, measured = st->total->time;
	char why[VISIBLE_SIZE(sizeof(st->failure))];

	if (st->interrupted) {
		stop(b, EXIT_DONE);
	} else if (status == EXIT_LOST) {
		b->status = EXIT_LOST;
		return true;
	} else if (status == EXIT_FAILED && faulty && measured && !output_failed(st->output)) {
		*failure = st->failure;
		return true;
	} else if (status != EXIT_DONE) {
		if (!output_failed(st->output) && status != EXIT_UNABLE)
			warnx("the run of %s in round %u failed: %s", s->name,
			      b->display.info.round,
			      *st->failure ? visible(st->failure, why, sizeof(why))
					   : "it could not start");
		stop(b, status);
	}
	return !b->over;
}

/* Gives whether the run counts; stage, st and end tell how it went, and failure why it failed. */
static bool try_subject(struct bench *b, unsigned subject, struct stage *stage, struct stream *st,
			struct run_end *end, const char **failure)
{
	const struct subject *s = &b->plan->subjects[subject];
	const struct display *d = &b->display;
	const struct growth_step *step = &d->growth.steps[d->info.step];
	int status;

	*stage = (struct stage){.model = s->model,
				.server = s->server,
				.load = b->plan->load,
				.again = true,
				.watched = true};
	*st = b->stream;
	stage->load.conns = step->conns;
	stage->load.active = step->active;
	b->total->time = 0;
	st->recorder = NULL; /* of each run only its end is recorded */
	st->total = b->total;
	st->end = end;
	status = stage_run(stage, st, &b->before);
	b->stream.interrupted = st->interrupted;
	return counts(b, subject, st, status, failure);
}

static void run_subject(struct bench *b, unsigned subject)
{
	const char *failure = NULL;
	struct stage stage;
	struct run_end end;
	struct stream st;

	if (try_subject(b, subject, &stage, &st, &end, &failure)) {
		struct outcome o = {.total = b->total,
				    .run_end = &end,
				    .begin = stage.begin,
				    .end = stage.end,
				    .cpu_ns = stage.cpu_ns};

		display_ran(&b->display, subject, &o, failure);
		flush(b);
	}
}

static void run_round(struct bench *b)
{
	const struct display *d = &b->display;
	unsigned n = b->plan->n_subjects;

	for (unsigned i = 0; i < n && !b->over; i++) {
		unsigned subject = (i + d->info.round - 1) % n;

		if (signals_ask_for_end())
			stop(b, EXIT_DONE);
		else if (growth_carries(&d->growth, subject, &d->growth.steps[d->info.step]))
			run_subject(b, subject);
	}
	if (!b->over)
		display_round(&b->display);
	flush(b);
}

static void run_step(struct bench *b)
{
	struct display *d = &b->display;

	for (d->info.round = 0; d->info.round < b->plan->rounds && !b->over;) {
		display_begin(d);
		flush(b);
		d->info.round++;
		run_round(b);
	}
	d->info.completed = !b->over;
	display_done(d);
	flush(b);
}

static void set_growth(struct growth *g, const struct comparison_plan *plan)
{
	unsigned active = plan->load.active;

	g->n_subjects = plan->n_subjects;
	g->n_steps = plan->n_conns;
	for (unsigned i = 0; i < plan->n_subjects; i++) {
		g->names[i] = plan->subjects[i].name;
		g->max_conns[i] = plan->subjects[i].model->max_conns;
	}
	for (unsigned i = 0; i < plan->n_conns; i++)
		growth_set_step(g, i, plan->conns[i],
				active && active < plan->conns[i] ? active : plan->conns[i]);
}

static void run_steps(struct bench *b)
{
	struct display *d = &b->display;

	d->info.run = &b->stream.info;
	d->info.rounds = b->plan->rounds;
	d->info.listed = b->plan->n_conns > 1;
	display_start(d);
	flush(b);
	for (unsigned i = 0; i < d->growth.n_steps && !b->over; i++) {
		d->info.step = i;
		run_step(b);
	}
	if (d->info.listed)
		display_end(d);
	flush(b);
}

/* The load, and how it is read where that is the same for all and not the usual. */
static void describe(const struct comparison_plan *plan, char *buf, size_t size)
{
	size_t read_size = plan->subjects[0].server.read_size;
	char load[128], many[48] = "", reads[48] = "";

	load_describe(&plan->load, load, sizeof(load));
	if (plan->load.messages)
		snprintf(many, sizeof(many), ", %s on each", format_count(plan->load.messages));
	for (unsigned i = 1; i < plan->n_subjects; i++)
		if (plan->subjects[i].server.read_size != read_size)
			read_size = SERVER_READ_SIZE;
	if (read_size != SERVER_READ_SIZE)
		snprintf(reads, sizeof(reads), ", read %zu B at a time", read_size);
	snprintf(buf, size, "%s%s%s%s", plan->n_conns > 1 ? "up to " : "", load, many, reads);
}

/* Runs each subject once, and draws what happened. */
static void draw_subjects(struct bench *b)
{
	struct drawn_lane lanes[MAX_SUBJECTS] = {{.title = ""}};
	const char *failure = NULL;
	struct run_info info = {0};
	struct stage stage;
	struct run_end end;
	struct stream st;
	unsigned n = 0;
	char head[512];

	for (unsigned i = 0; i < b->plan->n_subjects && !b->over; i++) {
		try_subject(b, i, &stage, &st, &end, &failure);
		lanes[i] = (struct drawn_lane){draw_take(&info), b->plan->subjects[i].name};
		n += lanes[i].drawing != NULL;
	}
	snprintf(head, sizeof(head), "wakelab compare · %s · Linux %s, %s tier",
		 b->stream.info.load, b->stream.info.kernel, b->tier);
	if (n == b->plan->n_subjects && b->status == EXIT_DONE)
		b->status = drawn_show(b->stream.output, &b->plan->out,
				       (const char *const[]){head, NULL}, lanes, n);
	for (unsigned i = 0; i < b->plan->n_subjects; i++)
		drawing_free(lanes[i].drawing);
}

int compare_run(const struct comparison_plan *plan)
{
	struct bench *b = calloc(1, sizeof(*b));
	int status = EXIT_FAILED;

	if (!b || !(b->total = calloc(1, sizeof(*b->total)))) {
		warn("cannot allocate memory for the comparison");
		goto out;
	}
	b->plan = plan;
	b->stream = (struct stream){.out = plan->out,
				    .target = CHILD_NONE,
				    .client = CHILD_NONE,
				    .groups = true,
				    .info = {.command = "compare"}};
	if (stream_open(&b->stream))
		goto out;
	stream_signals(&b->stream, &b->before);
	if (session_try(plan->out.wish.hooks, b->tier, sizeof(b->tier))) {
		status = EXIT_UNABLE;
		goto out;
	}
	b->stream.info.tier = b->tier;
	if (privileges_drop(PRIVILEGED_AGAIN))
		goto out;
	output_empty(b->stream.output);
	b->display.view = plan->view;
	b->display.output = b->stream.output;
	b->display.recorder = b->stream.recorder;
	b->stream.out.sink = plan->out.draw ? &sink_draw : NULL;
	describe(plan, b->stream.info.load, sizeof(b->stream.info.load));
	set_growth(&b->display.growth, plan);
	if (plan->out.draw)
		draw_subjects(b);
	else
		run_steps(b);
	status = b->status;
out:
	if (b && b->stream.output)
		status = stream_close(&b->stream, status);
	if (b)
		free(b->total);
	free(b);
	return status;
}
