// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "replay_draw.h"

#include <err.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "drawn.h"
#include "event_filter.h"
#include "exit_status.h"
#include "recorded_events.h"
#include "visible.h"

struct sketch {
	const struct replay *opt;
	struct event_wish wish;
	__u64 start, from, to; /* ns; to 0: the end */
	struct drawing *drawing;
};

static void take(void *ctx, const struct event_head *head)
{
	struct sketch *s = ctx;
	__u64 elapsed = remainder_of(head->time, s->start);

	if (elapsed >= s->from && (!s->to || elapsed <= s->to) &&
	    event_is_asked_for(&s->wish, head))
		drawing_add(s->drawing, head);
}

/* Whether it is of a run, and has events; else says so, in one line on stderr. */
static bool can_be_drawn(const struct recording *r)
{
	if (recording_is_of_comparison(r))
		warnx("cannot draw %s: it is the recording of a comparison; record each run: "
		      "\"wakelab run MODEL --draw --record FILE\"",
		      recording_path(r));
	else if (!recording_head(r)->info.tells_events)
		warnx("cannot draw %s: it has no events; record them with --events all",
		      recording_path(r));
	else
		return true;
	return false;
}

/* Reads all events up to opt->to. Gives an exit status. */
static int sketch(struct sketch *s, struct recording *r)
{
	const struct recorded_summary *summary;
	enum section section;
	char until[32];
	__u64 last = 0;

	while ((section = recording_next(r)) != N_SECTIONS) {
		if (recording_time(r, section) > last)
			last = recording_time(r, section);
		if (section == SECTION_EVENTS)
			recorded_events_each(recording_data(r, section), take, s);
		if (section != SECTION_SUMMARY)
			continue;
		summary = recording_data(r, section);
		s->drawing->lost = summary->end.events.tally.lost;
	}
	drawing_finish(s->drawing);
	snprintf(until, sizeof(until), "%.1f s", last / 1e9);
	return replay_say_flaw(r, until, "drawn");
}

static int draw_one(const struct replay *opt, struct recording *r, struct drawn_lane *lane)
{
	struct sketch s = {.opt = opt,
			   .wish = opt->out.wish.events,
			   .start = recording_head(r)->start,
			   .from = opt->from * 1e9,
			   .to = opt->to * 1e9};

	if (!can_be_drawn(r))
		return EXIT_FAILED;
	lane->drawing = s.drawing = drawing_new();
	return s.drawing ? sketch(&s, r) : EXIT_FAILED;
}

static const char *name_of(const char *path, char *buf, size_t size)
{
	const char *slash = strrchr(path, '/');

	return visible(slash && slash[1] ? slash + 1 : path, buf, size);
}

/* What is drawn: a lane for each recording, with what it is of. */
struct sketches {
	struct drawn_lane lanes[DRAWN_LANES];
	char names[DRAWN_LANES][VISIBLE_SIZE(NAME_MAX + 1)];
	char heads[DRAWN_LANES][DRAWN_HEAD];
	const char *head[DRAWN_LANES + 1];
};

static int add(struct sketches *all, const struct replay *opt, unsigned i, const char *path,
	       bool alone)
{
	struct recording *r = recording_open(path);
	struct drawn_lane *lane = &all->lanes[i];
	char origin[ORIGIN_SIZE];
	struct run_info info;
	int status;

	if (!r)
		return EXIT_FAILED;
	status = draw_one(opt, r, lane);
	info = recording_head(r)->info;
	info.recorded = replay_origin(recording_head(r), origin, sizeof(origin));
	lane->title = alone ? "" : name_of(path, all->names[i], sizeof(all->names[i]));
	all->head[i] = drawn_head(&info, lane->title, all->heads[i]);
	recording_close(r);
	return status;
}

static int show(const struct replay *opt, const struct sketches *all, unsigned n)
{
	struct output *output = output_open(opt->out.path);
	int status = EXIT_FAILED;

	if (output) {
		output_empty(output);
		status = drawn_show(output, &opt->out, all->head, all->lanes, n);
	}
	output_close(output);
	return status;
}

int replay_draw(const struct replay *opt, char *const paths[], unsigned n)
{
	struct sketches *all = calloc(1, sizeof(*all));
	int status = EXIT_DONE, shown = EXIT_FAILED;
	unsigned drawn = 0;

	if (!all) {
		warn("cannot draw %s", paths[0]);
		return EXIT_FAILED;
	}
	for (; drawn < n; drawn++) {
		if (add(all, opt, drawn, paths[drawn], n == 1))
			status = EXIT_FAILED;
		if (!all->lanes[drawn].drawing)
			break;
	}
	if (drawn == n)
		shown = show(opt, all, n);
	for (unsigned i = 0; i < n; i++)
		drawing_free(all->lanes[i].drawing);
	free(all);
	return shown ? shown : status;
}
