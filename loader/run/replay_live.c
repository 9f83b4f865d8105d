// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "replay_live.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "exit_status.h"
#include "live.h"
#include "signals.h"
#include "stop_here.h"
#include "timeline.h"

#define BACK          60 /* moments that are shown again to have the past of one */
#define MAX_TIMES     256
#define POSITION_SIZE 160

struct player {
	const struct replay *opt;
	struct output *output;
	FILE *file;
	struct run_info info;
	const struct recorded_attached *attached; /* NULL: nothing was so when tracing began */
	struct timeline line;
	unsigned at, first; /* the moment that is shown; where it begins */
	struct run_end end;
	struct self self;
	bool summarized;
	__u64 start; /* as snapshots have it */
	struct snapshot *now, *before, *delta;
	__u64 shown; /* when, on our clock */
	char position[POSITION_SIZE];
};

static void take_moment(struct player *p, struct recording *r)
{
	const struct recorded_moment *m = recording_data(r, SECTION_MOMENT);

	if (!timeline_add(&p->line, &m->total, m->elapsed_ns))
		err(EXIT_FAILED, "cannot keep %s in memory", recording_path(r));
}

static void take_attached(struct player *p, struct recording *r)
{
	p->attached = recording_data(r, SECTION_ATTACHED);
}

static void take_summary(struct player *p, struct recording *r)
{
	const struct recorded_summary *s = recording_data(r, SECTION_SUMMARY);

	p->end = s->end;
	p->self = s->self;
	p->summarized = true;
}

/* What was said at once is found again in the moments; events are not shown. */
static void (*const take[N_SECTIONS])(struct player *p, struct recording *r) = {
	[SECTION_ATTACHED] = take_attached,
	[SECTION_MOMENT] = take_moment,
	[SECTION_SUMMARY] = take_summary,
};

/* All of it, or up to --to. Gives whether it was all. */
static bool load(struct player *p, struct recording *r)
{
	enum section section;

	while ((section = recording_next(r)) != N_SECTIONS) {
		if (p->opt->to > 0 && recording_time(r, section) > p->opt->to * 1e9)
			return false;
		if (take[section])
			take[section](p, r);
	}
	return true;
}

static bool is_last(const struct player *p)
{
	return p->at + 1 == p->line.n;
}

static void say_position(struct player *p)
{
	snprintf(p->position, sizeof(p->position),
		 "%.1f s of %.1f s, %s  Space plays  ← → Home End n move ",
		 p->line.moments[p->at].elapsed_ns / 1e9,
		 p->line.moments[p->line.n - 1].elapsed_ns / 1e9,
		 !live_plays() ? "paused"
		 : is_last(p)  ? "the end"
			       : "playing");
	live_position(p->position);
}

/* Gives the view one moment; p->before has the totals of the moment before. */
static void feed(struct player *p, unsigned at)
{
	struct snapshot *swap = p->before;

	if (!timeline_get(&p->line, at, p->now))
		return;
	snapshot_delta(p->delta, p->now, p->before);
	sink_live.interval(p->file, &p->info, p->delta, p->now, p->line.moments[at].elapsed_ns);
	p->before = p->now;
	p->now = swap;
}

/* Shows a moment with its past. The next one goes on from what is shown. */
static void show(struct player *p, unsigned at)
{
	unsigned from = p->at + 1;

	if (at != p->at + 1 || !p->shown) {
		from = at > BACK ? at - BACK : 0;
		live_rewind();
		if (!from || !timeline_get(&p->line, from - 1, p->before))
			*p->before = (struct snapshot){.time = p->start};
	}
	for (; from < at; from++)
		feed(p, from);
	p->at = at;
	say_position(p);
	live_shows();
	feed(p, at);
	p->shown = now_ns();
	if (is_last(p) && p->summarized)
		live_over(p->file, p->before, p->line.moments[at].elapsed_ns, &p->end);
}

/* Whether a moment has a finding that is not among n. */
static bool has_new(const struct finding *known, unsigned n, const struct finding *found,
		    unsigned n_found)
{
	for (unsigned i = 0; i < n_found; i++) {
		unsigned k = 0;

		while (k < n && !finding_is(&known[k], &found[i]))
			k++;
		if (k == n)
			return true;
	}
	return false;
}

static unsigned find_at(struct player *p, unsigned at, struct finding *found)
{
	struct run_end end = {.failure = "",
			      .before = p->attached ? &p->attached->beginning : NULL,
			      .elapsed_ns = p->line.moments[at].elapsed_ns};

	if (at + 1 == p->line.n && p->summarized)
		end = p->end;
	return timeline_get(&p->line, at, p->now) ? findings_find(p->now, &end, found, MAX_FINDINGS)
						  : 0;
}

/* The next moment with a finding that there is none of at this one; this one: there is none. */
static unsigned next_finding(struct player *p)
{
	static struct finding known[MAX_FINDINGS], found[MAX_FINDINGS];
	unsigned n = find_at(p, p->at, known);

	for (unsigned at = p->at + 1; at < p->line.n; at++)
		if (has_new(known, n, found, find_at(p, at, found)))
			return at;
	live_say("No finding comes behind this moment.");
	return p->at;
}

/* Where an answer leads to; the user who goes there has it stand still. */
static void go(struct player *p, enum answer answer)
{
	unsigned to = p->at;

	if (answer == ANSWER_EARLIER && p->at)
		to = p->at - 1;
	else if (answer == ANSWER_LATER && !is_last(p))
		to = p->at + 1;
	else if (answer == ANSWER_FIRST)
		to = 0;
	else if (answer == ANSWER_LAST)
		to = p->line.n - 1;
	else if (answer == ANSWER_NEXT_FINDING)
		to = next_finding(p);
	live_pause(true);
	show(p, to);
}

/* Until the next moment is to be shown, as poll() takes it; -1: none is. */
static int patience(const struct player *p)
{
	const struct packed *m = &p->line.moments[p->at];
	__u64 due, now = now_ns();

	if (!live_plays() || is_last(p))
		return -1;
	due = p->shown + m[1].elapsed_ns - m[0].elapsed_ns;
	return now < due ? (int)((due - now + 999999) / 1000000) : 0;
}

/* Whether it ends the view. */
static bool take_signal(struct player *p, int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return false;
	if (info.ssi_signo != SIGTSTP)
		return true;
	stop_here(p->output);
	return false;
}

/* Takes what was pressed; gives whether that ends the view. */
static bool take_keys(struct player *p, short revents)
{
	enum answer answer;

	if (live_is_gone(revents))
		return true;
	answer = live_press(p->file);
	if (answer >= ANSWER_EARLIER)
		go(p, answer);
	else if (answer == ANSWER_DRAW) {
		say_position(p);
		live_draw(p->file);
	}
	return answer == ANSWER_QUIT;
}

static void play(struct player *p, int signals)
{
	bool over = false;

	while (!over && !output_flush(p->output) && !output_failed(p->output)) {
		struct pollfd fds[] = {{.fd = live_keys(), .events = POLLIN},
				       {.fd = signals, .events = POLLIN},
				       {.fd = output_waits(p->output), .events = POLLOUT}};
		int n = poll(fds, 3, patience(p));

		if (n < 0 && errno == EINTR)
			live_draw(p->file);
		if (n == 0 && !output_is_behind(p->output))
			show(p, p->at + 1);
		if (n > 0 && fds[1].revents)
			over = take_signal(p, signals);
		if (n > 0 && fds[0].revents)
			over |= take_keys(p, fds[0].revents);
	}
}

/* The totals at the end, or as far as it was read. */
static void summarize(struct player *p)
{
	struct run_end end = {.failure = ""};
	unsigned last = p->line.n - 1;

	if (p->summarized)
		end = p->end;
	end.before = p->attached ? &p->attached->beginning : NULL;
	end.elapsed_ns = p->line.moments[last].elapsed_ns;
	if (!timeline_get(&p->line, last, p->now))
		return;
	if (p->summarized)
		p->now->self = p->self;
	sink_live.summary(p->file, &p->info, p->now, end.elapsed_ns, &end);
}

static int signals_open(void)
{
	sigset_t set;

	signals_that_end(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int watch(struct player *p, struct recording *r, bool whole)
{
	char origin[ORIGIN_SIZE], until[32];
	int signals = signals_open();

	p->info.recorded = replay_origin(recording_head(r), origin, sizeof(origin));
	sink_live.start(p->file, &p->info);
	if (p->attached)
		sink_live.attached(p->file, &p->info, &p->attached->beginning, &p->attached->total);
	show(p, timeline_at(&p->line, p->opt->from * 1e9));
	play(p, signals);
	summarize(p);
	close(signals);
	if (output_drain(p->output, now_ns()))
		return EXIT_FAILED;
	snprintf(until, sizeof(until), "%.1f s", p->line.moments[p->line.n - 1].elapsed_ns / 1e9);
	return whole ? replay_say_flaw(r, until, "shown") : EXIT_DONE;
}

static bool has_room(struct player *p)
{
	p->now = calloc(1, sizeof(*p->now));
	p->before = calloc(1, sizeof(*p->before));
	p->delta = calloc(1, sizeof(*p->delta));
	return p->now && p->before && p->delta;
}

int replay_live(const struct replay *opt, struct recording *r)
{
	struct player p = {.opt = opt};
	int status = EXIT_FAILED;
	bool whole;

	p.output = output_open(NULL);
	if (p.output && has_room(&p)) {
		p.file = output_file(p.output);
		p.info = replay_info(recording_head(r), &opt->out, p.output);
		p.start = recording_head(r)->start;
		whole = load(&p, r);
		if (p.line.n)
			status = watch(&p, r, whole);
		else
			warnx("cannot show %s: it has no results from that time",
			      recording_path(r));
	} else if (p.output) {
		warn("cannot show %s", recording_path(r));
	}
	timeline_free(&p.line);
	output_close(p.output);
	free(p.now);
	free(p.before);
	free(p.delta);
	return status;
}
