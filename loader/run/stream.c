// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "drawn.h"
#include "stream.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "build_version.h"
#include "cpu_time.h"
#include "endings.h"
#include "exit_status.h"
#include "kernel_clock.h"
#include "layout.h"
#include "live.h"
#include "saying.h"
#include "stream_signals.h"
#include "teller.h"
#include "watched.h"

int stream_open(struct stream *st)
{
	struct utsname kernel;

	st->output = output_open(st->out.path);
	if (!st->output)
		return -1;
	st->recorder =
		st->out.record ? recorder_open(st->out.record, &st->out.flight, st->output) : NULL;
	if (st->out.record && !st->recorder) {
		output_close(st->output);
		st->output = NULL;
		return -1;
	}
	st->info.version = WAKELAB_VERSION;
	uname(&kernel);
	snprintf(st->info.kernel, sizeof(st->info.kernel), "%s", kernel.release);
	st->info.interval_ns = st->out.interval * 1e9;
	st->info.top = st->out.top;
	st->info.top_given = st->out.top_given;
	st->info.all_findings = st->out.all_findings;
	st->info.fd = output_fd(st->output);
	st->info.color = !st->out.no_color && layout_may_color(st->info.fd);
	return 0;
}

/* After every output, and when more of it can be written. */
static void flush(struct loop *l)
{
	if (l->st->recorder)
		recorder_flush(l->st->recorder);
	if (output_flush(l->st->output))
		loop_stop_all(l,
			      SIGTERM); /* nobody is left to read it, or there is no room for it */
}

static int sample(struct loop *l)
{
	const struct witnesses *w = l->st->witnesses;

	if (session_sample(l->st->session, l->now)) {
		l->failed = true;
		return -1;
	}
	l->now->witnessed = w;
	l->now->message_size = l->st->message_size;
	if (w) {
		l->now->server = w->server;
		l->now->client = w->client;
	}
	return 0;
}

/* show: the view takes it; else it is only recorded, and the next one is so much the longer. */
static void interval(struct loop *l, bool show)
{
	struct snapshot *swap = l->last;

	if (sample(l)) {
		loop_stop_all(l, SIGTERM);
		return;
	}
	loop_say_moment(l, show);
	if (show) {
		l->last = l->now;
		l->now = swap;
		loop_say_findings(l, l->last);
	}
	flush(l);
}

#define FIRST_LOOK 100000000ull /* ns */
#define NEXT_LOOK  1000000000ull

/*
 * Between intervals that are long: what is certain by now, and who lives, so that a command line is
 * known when its process has ended.
 */
static void look(struct loop *l)
{
	if (l->st->info.interval_ns > NEXT_LOOK)
		loop_set_timer(l, FD_LOOK, NEXT_LOOK, false);
	if (output_is_behind(l->st->output))
		return;
	if (sample(l)) {
		loop_stop_all(l, SIGTERM);
		return;
	}
	loop_say_findings(l, l->now);
	flush(l);
}

/* Stalls are looked at twice in the time that makes one worth a warning, while there are any. */
static void watch_set(struct loop *l, bool on)
{
	loop_set_timer(l, FD_WATCH, on ? l->st->out.wish.stall_ns / 2 : 0, true);
}

/* Data was left behind, or processes have come: that is looked at, whichever it is. */
static void on_alarm(struct loop *l)
{
	session_alarm_take(l->st->session);
	watch_set(l, true);
	if (session_arrivals(l->st->session)) {
		l->failed = true;
		loop_stop_all(l, SIGTERM);
	}
}

static void on_watch(struct loop *l)
{
	if (session_stalls(l->st->session, l->now, false)) {
		watch_set(l, false);
		l->failed = true;
		loop_stop_all(l, SIGTERM);
		return;
	}
	if (!output_is_behind(l->st->output)) {
		loop_warn_of_stalls(l);
		flush(l);
	}
	if (session_watch_ends(l->st->session))
		watch_set(l, false);
}

static void tell(struct loop *l)
{
	teller_look(l);
	flush(l);
}

static void on_timer(struct loop *l, int which)
{
	__u64 times;

	if (read(l->fds[which].fd, &times, sizeof(times)) != sizeof(times))
		return;
	if (which == FD_WATCH)
		on_watch(l);
	else if (which == FD_LOOK)
		look(l);
	else if (which == FD_CLOSING)
		loop_look_at_closing(l);
	else if (which == FD_TELL)
		tell(l);
	else if (which == FD_END && l->stopping)
		loop_end_now(l);
	else if (which == FD_END)
		loop_end_within_grace(l, SIGTERM);
	else if (!output_is_behind(l->st->output) || l->st->recorder)
		interval(l, !output_is_behind(l->st->output));
}

static void dispatch(struct loop *l)
{
	if (l->fds[FD_SIGNAL].revents)
		loop_on_signal(l);
	if (l->fds[FD_INTERVAL].revents && !l->over)
		on_timer(l, FD_INTERVAL);
	if (l->fds[FD_END].revents)
		on_timer(l, FD_END);
	if (l->fds[FD_ALARM].revents)
		on_alarm(l);
	if (l->fds[FD_WATCH].revents)
		on_timer(l, FD_WATCH);
	if (l->fds[FD_LOOK].revents && !l->over)
		on_timer(l, FD_LOOK);
	if (l->fds[FD_CLOSING].revents)
		on_timer(l, FD_CLOSING);
	if (l->fds[FD_EVENTS].revents)
		teller_rung(l);
	if (l->fds[FD_TELL].revents)
		on_timer(l, FD_TELL);
	if (l->fds[FD_STDERR].revents)
		loop_pass_stderr(l);
	if (l->fds[FD_OUTPUT].revents || l->fds[FD_RECORD].revents)
		flush(l);
	if (l->fds[FD_PROCESS].revents)
		loop_process_ended(l);
	if (l->fds[FD_KEYS].revents)
		loop_on_keys(l);
}

static int loop_open(struct loop *l, struct stream *st)
{
	sigset_t set;

	*l = (struct loop){.st = st, .file = output_file(st->output), .left.ends = -1};
	stream_set(&set, true, true);
	for (int i = 0; i < N_FDS; i++)
		l->fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
	l->now = calloc(1, sizeof(*l->now));
	l->last = calloc(1, sizeof(*l->last));
	l->delta = calloc(1, sizeof(*l->delta));
	l->found = calloc(MAX_FINDINGS, sizeof(*l->found));
	l->said = calloc(MAX_SAID, sizeof(*l->said));
	l->fds[FD_OUTPUT].events = l->fds[FD_RECORD].events = POLLOUT;
	l->fds[FD_SIGNAL].fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	l->fds[FD_INTERVAL].fd = loop_timer(st->out.sink ? st->out.interval : 0, true);
	l->fds[FD_END].fd = loop_timer(st->seconds, false);
	l->fds[FD_WATCH].fd = loop_timer(0, false);
	l->fds[FD_LOOK].fd = loop_timer(0, false);
	l->fds[FD_CLOSING].fd = loop_timer(0, false);
	l->fds[FD_TELL].fd = loop_timer(0, false);
	l->fds[FD_ALARM].fd = st->out.sink ? session_alarm_fd(st->session) : -1;
	l->fds[FD_STDERR].fd = st->target.err_fd;
	l->fds[FD_PROCESS].fd = st->processes ? st->processes->ends : -1;
	if (l->now && l->last && l->delta && l->found && l->said && l->fds[FD_SIGNAL].fd >= 0 &&
	    l->fds[FD_INTERVAL].fd >= 0 && l->fds[FD_END].fd >= 0 && l->fds[FD_WATCH].fd >= 0 &&
	    l->fds[FD_LOOK].fd >= 0 && l->fds[FD_CLOSING].fd >= 0 && l->fds[FD_TELL].fd >= 0)
		return teller_open(l);
	warn("cannot create the buffers and timers of the run");
	return -1;
}

static void loop_close(struct loop *l)
{
	free(l->now);
	free(l->last);
	free(l->delta);
	free(l->found);
	free(l->said);
	teller_close(l);
	for (int i = FD_SIGNAL; i <= FD_TELL; i++)
		if (l->fds[i].fd >= 0)
			close(l->fds[i].fd);
	processes_close(&l->left);
	child_kill(&l->st->client);
	child_kill(&l->st->target);
}

static int summarize(struct loop *l)
{
	struct stream *st = l->st;
	struct run_end end;
	__u64 lost;

	if (!l->state)
		loop_note_state(l);
	teller_finish(l);
	interval(l, true); /* the last one, and with it the totals in l->last */
	end = loop_end_so_far(l, l->last);
	end.completed = !st->interrupted && !l->failed;
	end.events = teller_counts(l);
	if (st->out.self)
		session_self(st->session, l->start, &l->cpu, l->last);
	if (st->model && end.completed)
		reconcile(&end.witnesses, l->last, st->model, st->message_size);
	loop_linger(l, &end);
	loop_say_summary(l, &end);
	flush(l);
	if (!reconciliation_agrees(&end.witnesses)) {
		loop_complain(l, "the run failed: server, client and kernel counted differently; "
				 "see the summary");
		l->failed = true;
	}
	if (st->total)
		*st->total = *l->last;
	if (st->end)
		*st->end = end;
	lost = snapshot_lost(l->last) + end.events.tally.lost;
	if (l->failed || output_failed(st->output))
		return EXIT_FAILED;
	return st->out.strict && lost ? EXIT_LOST : EXIT_DONE;
}

static void show_start(struct loop *l)
{
	struct stream *st = l->st;

	st->info.hooks = session_hooks(st->session);
	st->info.tier = session_tier(st->session);
	st->info.sees = session_sees(st->session);
	st->info.attach_ns = session_attach_ns(st->session);
	if (st->out.sink) {
		output_empty(st->output);
		loop_say_start(l);
		l->fds[FD_KEYS].fd = live_keys();
	}
	flush(l);
}

int stream_run(struct stream *st)
{
	int status = EXIT_FAILED;
	struct loop l;

	if (loop_open(&l, st))
		goto out;
	/* a command does nothing before it is released */
	l.start = st->processes ? session_since(st->session) : kernel_now();
	l.last->time = l.start;
	cpu_time_of_ours(&l.cpu.user, &l.cpu.system);
	st->exec_error = child_release(&st->target);
	if (st->exec_error)
		goto out;
	stream_take_stops();
	show_start(&l);
	if (st->out.sink)
		loop_set_timer(&l, FD_LOOK, FIRST_LOOK, false);
	child_release(&st->client);
	while (!l.over) {
		l.fds[FD_OUTPUT].fd = output_waits(st->output);
		l.fds[FD_RECORD].fd = st->recorder ? recorder_waits(st->recorder) : -1;
		if (poll(l.fds, N_FDS, -1) >= 0)
			dispatch(&l);
		else if (errno == EINTR)
			loop_resized(&l);
		else
			break;
	}
	status = summarize(&l);
out:
	loop_close(&l);
	return status;
}

int stream_close(struct stream *st, int status)
{
	int drawn = st->out.draw ? drawn_run(st->output, &st->out) : EXIT_DONE;

	if (status == EXIT_DONE)
		status = drawn;
	if (output_drain(st->output, st->interrupted))
		status = EXIT_FAILED;
	if (recorder_close(st->recorder, st->interrupted))
		status = EXIT_FAILED;
	st->recorder = NULL;
	output_close(st->output);
	st->output = NULL;
	return status;
}
