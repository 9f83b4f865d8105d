// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Recorded runs side by side: a column each, of one round. */
#include <err.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "build_version.h"
#include "compare_replay.h"
#include "exit_status.h"
#include "visible.h"

/* What a recording came to. */
struct side {
	struct recording *recording;
	struct snapshot total;
	struct run_end end;
	__u64 elapsed_ns;
	bool any;        /* it has results */
	bool to_the_end; /* all of it was read */
};

/* A comparison has several runs, and no one of them is meant. */
static int open_side(struct side *s, const char *path)
{
	s->recording = recording_open(path);
	if (!s->recording)
		return -1;
	if (!recording_is_of_comparison(s->recording))
		return 0;
	warnx("cannot compare %s: it is the recording of a comparison; give recordings of runs, or "
	      "this one alone",
	      path);
	return -1;
}

static void take_moment(struct side *s)
{
	const struct recorded_moment *m = recording_data(s->recording, SECTION_MOMENT);

	s->total = m->total;
	s->elapsed_ns = m->elapsed_ns;
	s->any = true;
}

/* Reads up to a time, 0: the end. */
static void read_side(struct side *s, __u64 to)
{
	struct recording *r = s->recording;
	enum section section;

	s->end = (struct run_end){.failure = ""};
	while ((section = recording_next(r)) != N_SECTIONS) {
		if (to && recording_time(r, section) > to)
			return;
		if (section == SECTION_MOMENT)
			take_moment(s);
		else if (section == SECTION_SUMMARY)
			s->end = ((const struct recorded_summary *)recording_data(r, section))->end;
	}
	s->to_the_end = true;
}

/* Opens and reads all. Gives an exit status, after one line on stderr where that is not EXIT_DONE;
 * shown can be what has any results. */
static int read_sides(struct side *sides, char *const paths[], unsigned n, __u64 to)
{
	int status = EXIT_DONE;
	char until[32];

	for (unsigned i = 0; i < n; i++) {
		if (open_side(&sides[i], paths[i]))
			return EXIT_FAILED;
		read_side(&sides[i], to);
		if (!sides[i].any) {
			warnx("cannot compare %s: it has no results", paths[i]);
			return EXIT_FAILED;
		}
		snprintf(until, sizeof(until), "%.1f s", sides[i].elapsed_ns / 1e9);
		if (sides[i].to_the_end && replay_say_flaw(sides[i].recording, until, "compared"))
			status = EXIT_FAILED;
	}
	return status;
}

static const char *name_of(const struct recording *r)
{
	const char *slash = strrchr(recording_path(r), '/');

	return slash && slash[1] ? slash + 1 : recording_path(r);
}

/* Where each comes from, a line each. */
static void print_origins(struct display *d, const struct side *sides, unsigned n)
{
	const struct run_info *run = d->info.run;
	char origin[ORIGIN_SIZE], target[VISIBLE_SIZE(sizeof(run->target))];
	struct layout l;

	layout_begin(&l, output_file(d->output), run->fd, run->color);
	for (unsigned i = 0; i < n; i++) {
		const struct recorded_head *head = recording_head(sides[i].recording);
		const struct run_info *info = &head->info;

		lay(&l, "%s: " HANG "wakelab %s %s, %.1f s · Linux %s, %s tier · %s\n",
		    d->growth.names[i], info->command,
		    info->model ? info->model : visible(info->target, target, sizeof(target)),
		    sides[i].elapsed_ns / 1e9, info->kernel, info->tier,
		    replay_origin(head, origin, sizeof(origin)));
	}
}

static void show_sides(struct display *d, const struct replay *opt, const struct side *sides,
		       unsigned n)
{
	struct growth *g = &d->growth;

	g->n_subjects = n;
	g->n_steps = 1;
	growth_set_step(g, 0, 1, 1);
	d->info.rounds = 1;
	d->info.growth = g;
	if (opt->out.sink == &sink_table)
		print_origins(d, sides, n);
	else
		display_start(d);
	display_begin(d);
	d->info.round = 1;
	for (unsigned i = 0; i < n; i++) {
		const struct outcome o = {.total = &sides[i].total, .run_end = &sides[i].end};

		display_ran(d, i, &o, NULL);
	}
	d->info.completed = true;
	display_done(d);
}

static int show(struct display *d, const struct replay *opt, const struct compare_view *view,
		const struct side *sides, unsigned n)
{
	struct run_info info = {.version = WAKELAB_VERSION,
				.command = "replay",
				.tier = recording_head(sides[0].recording)->info.tier};
	char names[MAX_SUBJECTS][VISIBLE_SIZE(NAME_MAX + 1)];

	memcpy(info.kernel, recording_head(sides[0].recording)->info.kernel, sizeof(info.kernel));
	for (unsigned i = 0; i < n; i++)
		d->growth.names[i] =
			visible(name_of(sides[i].recording), names[i], sizeof(names[i]));
	if (display_open(d, opt, view, &info))
		return EXIT_FAILED;
	show_sides(d, opt, sides, n);
	return output_drain(d->output, 0) ? EXIT_FAILED : EXIT_DONE;
}

int compare_recordings(const struct replay *opt, const struct compare_view *view,
		       char *const paths[], unsigned n)
{
	struct display *d = calloc(1, sizeof(*d));
	struct side *sides = calloc(n, sizeof(*sides));
	int status = EXIT_FAILED, shown = EXIT_FAILED;

	if (d && sides)
		status = read_sides(sides, paths, n, opt->to * 1e9);
	else
		warn("cannot compare %s", paths[0]);
	if (d && sides && sides[n - 1].any)
		shown = show(d, opt, view, sides, n);
	for (unsigned i = 0; sides && i < n; i++)
		recording_close(sides[i].recording);
	if (d)
		output_close(d->output);
	free(sides);
	free(d);
	return shown ? shown : status;
}
