// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "replay.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "event_filter.h"
#include "event_lines.h"
#include "exit_status.h"
#include "layout.h"
#include "plural.h"
#include "recorded_events.h"
#include "visible.h"

struct showing {
	const struct replay *opt;
	const struct sink *sink;
	struct output *output; /* NULL: the file is all there is */
	FILE *file;
	struct run_info info;
	const struct beginning *before; /* NULL: nothing was so when tracing began */
	struct snapshot *last, *delta;  /* the end of the last interval */
	struct snapshot *now;           /* what was read last */
	__u64 elapsed_ns;               /* of that */
	__u64 event_ns;                 /* when the last event was */
	__u64 from, to, interval, due;  /* ns since the start; when the next interval ends */
	struct event_wish wish;         /* which events are shown */
	__u64 start;                    /* as events have the time */
	bool skips;                     /* what was read last is from before */
	bool any;                       /* a moment was not, or an event */
	bool begun;                     /* what runs has been said */
	bool summarized;
	bool full; /* the output takes no more */
};

/* Written out before more is read, so what waits is never more than one line. */
static void flush(struct showing *s)
{
	s->full |= (s->output ? output_drain(s->output, 0) : fflush(s->file)) != 0;
}

/* Says what runs, before anything of it is shown. */
static void begin_view(struct showing *s)
{
	if (s->begun)
		return;
	s->begun = true;
	s->sink->start(s->file, &s->info);
	flush(s);
}

static const struct recorded_moment *moment_of(const struct recording *r)
{
	return recording_data(r, SECTION_MOMENT);
}

struct run_info replay_info(const struct recorded_head *head, const struct output_options *out,
			    const struct output *output)
{
	struct run_info info = head->info;

	info.fd = output ? output_fd(output) : -1;
	info.color = output && !out->no_color && layout_may_color(info.fd);
	if (out->top_given) {
		info.top = out->top;
		info.top_given = true;
	}
	info.all_findings |= out->all_findings;
	return info;
}

static void open_info(struct showing *s, const struct recorded_head *head)
{
	s->info = replay_info(head, &s->opt->out, s->output);
	if (s->interval)
		s->info.interval_ns = s->interval;
	s->due = s->interval;
}

/* Which events are shown: those that were, less what is not asked for. */
static void open_events(struct showing *s, const struct recorded_head *head)
{
	s->start = head->start;
	s->wish = s->opt->out.wish.events;
	if (!s->wish.kinds)
		s->wish.kinds = ~0ull;
	s->info.tells_events &= !s->interval;
	s->info.lines = event_lines_new(s->info.tells_waits && event_waits_are_told(&s->wish));
}

/* Whether an interval ends at a moment. Moments come when they can: one that is nearer to the time
 * than the next one will be is the one that is meant. */
static bool ends_interval(struct showing *s, const struct recorded_head *head,
			  const struct recorded_moment *m)
{
	__u64 near = m->elapsed_ns + head->info.interval_ns / 2;

	if (!s->interval)
		return m->shown;
	if (near < s->due)
		return false;
	s->due += ((near - s->due) / s->interval + 1) * s->interval;
	return true;
}

static void show_interval(struct showing *s)
{
	bool told = s->info.tells_events && !s->opt->intervals; /* all that happened in it */

	if (!s->opt->out.summary && !s->skips && !told) {
		snapshot_delta(s->delta, s->now, s->last);
		s->sink->interval(s->file, &s->info, s->delta, s->now, s->elapsed_ns);
	}
	*s->last = *s->now;
}

static void take_moment(struct showing *s, struct recording *r)
{
	const struct recorded_moment *m = moment_of(r);

	if (!s->skips) {
		s->any = true;
		begin_view(s);
	}
	s->elapsed_ns = m->elapsed_ns;
	*s->now = m->total;
	if (ends_interval(s, recording_head(r), m))
		show_interval(s);
}

static void show_event(void *ctx, const struct event_head *head)
{
	struct showing *s = ctx;
	__u64 elapsed = remainder_of(head->time, s->start);

	s->event_ns = elapsed;
	if (elapsed < s->from || (s->to && elapsed > s->to) || !event_is_asked_for(&s->wish, head))
		return;
	s->any = true;
	begin_view(s);
	s->sink->event(s->file, &s->info, head);
}

static void take_events(struct showing *s, struct recording *r)
{
	if (s->info.tells_events && !s->opt->out.summary)
		recorded_events_each(recording_data(r, SECTION_EVENTS), show_event, s);
}

static void take_attached(struct showing *s, struct recording *r)
{
	const struct recorded_attached *a = recording_data(r, SECTION_ATTACHED);

	s->before = &a->beginning;
	if (!s->from)
		s->sink->attached(s->file, &s->info, &a->beginning, &a->total);
}

static void take_stall(struct showing *s, struct recording *r)
{
	const struct recorded_stall *stall = recording_data(r, SECTION_STALL);

	if (s->skips)
		return;
	begin_view(s);
	s->sink->stall(s->file, &s->info, &stall->row, stall->stalled_ns, stall->elapsed_ns);
}

static void take_finding(struct showing *s, struct recording *r)
{
	const struct recorded_finding *f = recording_data(r, SECTION_FINDING);

	if (s->skips)
		return;
	begin_view(s);
	s->sink->finding(s->file, &s->info, &f->finding, f->elapsed_ns);
}

static void show_summary(struct showing *s, struct run_end *end, const struct self *self)
{
	end->before = s->before;
	if (self)
		s->now->self = *self;
	s->sink->summary(s->file, &s->info, s->now, s->elapsed_ns, end);
}

/* What is left of the last interval where the run was not shown up to here; and the totals. */
static void show_end(struct showing *s)
{
	struct run_end end = {.failure = "", .elapsed_ns = s->elapsed_ns};

	if (s->now->time > s->last->time)
		show_interval(s);
	show_summary(s, &end, NULL);
}

static void take_summary(struct showing *s, struct recording *r)
{
	const struct recorded_summary *summary = recording_data(r, SECTION_SUMMARY);
	struct run_end end = summary->end;

	if (s->from && !s->any)
		return;
	if (s->now->time > s->last->time)
		show_interval(s);
	s->elapsed_ns = summary->elapsed_ns;
	s->summarized = true;
	show_summary(s, &end, &summary->self);
}

static void (*const take[N_SECTIONS])(struct showing *s, struct recording *r) = {
	[SECTION_ATTACHED] = take_attached, [SECTION_MOMENT] = take_moment,
	[SECTION_STALL] = take_stall,       [SECTION_FINDING] = take_finding,
	[SECTION_SUMMARY] = take_summary,   [SECTION_EVENTS] = take_events,
};

/* Shows all that there is, or the part that is asked for. Gives whether all of it was read. */
static bool show(struct showing *s, struct recording *r)
{
	enum section section;

	if (!s->from)
		begin_view(s);
	while (!s->full && (section = recording_next(r)) != N_SECTIONS) {
		__u64 time = recording_time(r, section);

		if (s->to && time > s->to)
			return false;
		s->skips = time < s->from;
		take[section](s, r);
		flush(s);
	}
	return true;
}

static int status_of(const struct showing *s, const struct recording *r, bool whole)
{
	__u64 until_ns = s->elapsed_ns > s->event_ns ? s->elapsed_ns : s->event_ns;
	char until[32];

	if (s->full)
		return EXIT_FAILED;
	if (!s->any && whole && until_ns < s->from) {
		warnx("cannot show %s: it ends at %.1f s, before --from %.10g", recording_path(r),
		      until_ns / 1e9, s->opt->from);
		return EXIT_FAILED;
	}
	if (!s->any && !(whole && recording_flaw(r))) {
		warnx("cannot show %s: it has no results from that time; they were recorded every "
		      "%.10g s",
		      recording_path(r), recording_head(r)->info.interval_ns / 1e9);
		return EXIT_FAILED;
	}
	snprintf(until, sizeof(until), "%.1f s", until_ns / 1e9);
	if (whole && replay_say_flaw(r, until, s->opt->done ? s->opt->done : "shown"))
		return EXIT_FAILED;
	return s->opt->out.strict && snapshot_lost(s->now) ? EXIT_LOST : EXIT_DONE;
}

int replay_say_flaw(const struct recording *r, const char *until, const char *done)
{
	const char *flaw = recording_flaw(r);
	__u64 dropped = recording_dropped(r);

	if (flaw)
		warnx("%s is incomplete: %s; what was recorded up to %s is %s", recording_path(r),
		      flaw, until, done);
	else if (dropped)
		warnx("%s does not have every interval, because it did not take the data in time; "
		      "joined to the following ones: %llu",
		      recording_path(r), (unsigned long long)dropped);
	return flaw ? EXIT_FAILED : EXIT_DONE;
}

const char *replay_origin(const struct recorded_head *head, char *buf, size_t size)
{
	char host[VISIBLE_SIZE(sizeof(head->host))], machine[VISIBLE_SIZE(sizeof(head->machine))];
	time_t began = head->began / 1000000000;
	struct tm tm = {0};
	char when[64];

	gmtime_r(&began, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &tm);
	snprintf(buf, size, "recorded %s on %s (%s, %u CPU%s)", when,
		 visible(head->host, host, sizeof(host)),
		 visible(head->machine, machine, sizeof(machine)), head->cpus, plural(head->cpus));
	return buf;
}

static int show_all(struct showing *s, struct recording *r)
{
	bool whole = show(s, r);

	if (!s->full && !s->summarized && s->any)
		show_end(s);
	flush(s);
	return status_of(s, r, whole);
}

static bool begin(struct showing *s, const struct recorded_head *head)
{
	open_info(s, head);
	open_events(s, head);
	s->now = calloc(1, sizeof(*s->now));
	s->last = calloc(1, sizeof(*s->last));
	s->delta = calloc(1, sizeof(*s->delta));
	return s->now && s->last && s->delta && s->info.lines;
}

/* Whether it has what is asked for; else says so, in one line on stderr. */
static bool has_events(const struct replay *opt, const struct recording *r)
{
	const struct run_info *info = &recording_head(r)->info;
	const char *what = opt->out.wish.events.kinds && !info->tells_events ? ""
			   : opt->out.explain && !info->explains             ? " that are explained"
									     : NULL;

	if (!what)
		return true;
	warnx("%s has no events%s; \"wakelab run\" and \"trace\" record them with --events%s",
	      recording_path(r), what, *what ? " all --explain" : "");
	return false;
}

/* Shows it in a file; output: that of the file, NULL: it has none. */
static int show_in(FILE *file, struct output *output, const struct replay *opt, struct recording *r)
{
	struct showing s = {.opt = opt,
			    .sink = opt->out.sink,
			    .output = output,
			    .file = file,
			    .from = opt->from * 1e9,
			    .to = opt->to * 1e9,
			    .interval = opt->interval * 1e9};
	char origin[ORIGIN_SIZE];
	int status = EXIT_FAILED;

	if (begin(&s, recording_head(r))) {
		if (output)
			output_empty(output);
		s.info.recorded = replay_origin(recording_head(r), origin, sizeof(origin));
		s.last->time = recording_head(r)->start;
		status = show_all(&s, r);
	} else {
		warn("cannot show %s", recording_path(r));
	}
	event_lines_free(s.info.lines);
	free(s.now);
	free(s.last);
	free(s.delta);
	return status;
}

int replay_run(const struct replay *opt, struct recording *r)
{
	int status = EXIT_FAILED;
	struct output *output;

	if (!has_events(opt, r))
		return EXIT_FAILED;
	output = output_open(opt->out.path);
	if (output)
		status = show_in(output_file(output), output, opt, r);
	output_close(output);
	return status;
}

int replay_print(FILE *out, const struct replay *opt, struct recording *r)
{
	return show_in(out, NULL, opt, r);
}
