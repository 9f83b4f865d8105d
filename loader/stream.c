// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "stream.h"

#include <err.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brief_write.h"
#include "clock.h"
#include "command.h"
#include "layout.h"
#include "signals.h"
#include "visible.h"

enum {
	FD_SIGNAL,
	FD_INTERVAL,
	FD_END,
	FD_WATCH,
	FD_STDERR,
	FD_PROCESS,
	FD_ALARM,
	FD_OUTPUT,
	N_FDS
};

#define WARNINGS_AT_ONCE 8

/* What the loop keeps; the caller's part is st. */
struct loop {
	struct stream *st;
	FILE *file;
	struct pollfd fds[N_FDS];
	struct snapshot *now, *last, *delta;
	__u64 start;
	__u64 warned;           /* stalls that began up to then were warned of */
	struct stall_row worst; /* the longest that was seen under way, and for how long */
	__u64 worst_ns;
	bool over;
	bool stopping; /* everybody was told to end */
	bool failed;
	bool stopped;          /* the command is */
	bool to_stop;          /* we are to stop when it has */
	struct processes left; /* by a command that has ended */
	char line[256];        /* of standard error, so far */
	size_t line_len;
};

/* Ctrl-Z concerns us where it does not reach the children by itself. */
static void stream_set(sigset_t *set, bool groups)
{
	signals_that_end(set);
	sigaddset(set, SIGCHLD);
	if (groups)
		sigaddset(set, SIGTSTP);
}

void stream_signals(struct signals *before, bool groups)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN}, usual = {.sa_handler = SIG_DFL};
	sigset_t set;

	stream_set(&set, groups);
	sigprocmask(SIG_BLOCK, &set, &before->mask);
	sigaction(SIGPIPE, &ignore, &before->pipe);
	sigaction(SIGCHLD, &usual, &before->child);
	brief_signal(&before->brief);
	stderr_drops();
}

bool stream_interrupted(void)
{
	sigset_t pending, ends;

	signals_that_end(&ends);
	return !sigpending(&pending) && sigandset(&ends, &ends, &pending) == 0 &&
	       !sigisemptyset(&ends);
}

int stream_open(struct stream *st)
{
	struct utsname kernel;

	st->output = output_open(st->out.path);
	if (!st->output)
		return -1;
	uname(&kernel);
	snprintf(st->info.kernel, sizeof(st->info.kernel), "%s", kernel.release);
	st->info.interval_ns = st->out.interval * 1e9;
	st->info.top = st->out.top;
	st->info.top_given = st->out.top_given;
	st->info.fd = output_fd(st->output);
	st->info.color = !st->out.no_color && layout_may_color(st->info.fd);
	return 0;
}

/* Says why the run failed, unless nothing is to be said. The first reason stays. */
__attribute__((format(printf, 2, 3))) static void complain(struct loop *l, const char *format, ...)
{
	struct stream *st = l->st;
	char seen[VISIBLE_SIZE(sizeof(st->failure))];
	va_list args;

	va_start(args, format);
	if (!*st->failure)
		vsnprintf(st->failure, sizeof(st->failure), format, args);
	va_end(args);
	if (st->out.sink)
		warnx("%s", visible(st->failure, seen, sizeof(seen)));
}

/* Lets timer which ring once, after so many seconds. */
static void set_timer(struct loop *l, int which, unsigned seconds)
{
	struct itimerspec when = {.it_value.tv_sec = seconds};

	timerfd_settime(l->fds[which].fd, 0, &when, NULL);
}

/* Tells everybody to end, the client first: the server ends when the client has. */
static void stop_all(struct loop *l, int signal)
{
	struct stream *st = l->st;

	l->stopping = true;
	if (st->client.pid)
		child_signal(&st->client, signal);
	else if (st->target.pid)
		child_signal(&st->target, signal);
	else
		l->over = true;
}

/* The same; and whoever has not ended by the end of the grace is killed. */
static void end_within_grace(struct loop *l, int signal)
{
	set_timer(l, FD_END, STREAM_GRACE);
	stop_all(l, signal);
}

/* After every output, and when more of it can be written. */
static void flush(struct loop *l)
{
	if (output_flush(l->st->output))
		stop_all(l, SIGTERM); /* nobody is left to read it, or there is no room for it */
}

/* Whether the reader has yet to take what it was given: nothing is added then, but for the end. */
static bool is_behind(const struct loop *l)
{
	return output_waits(l->st->output) >= 0;
}

/* Of a stall that has ended only its time is counted: what it was has to be kept while it lasts. */
static void keep_worst_stall(struct loop *l)
{
	const struct details *d = &l->now->now;

	if (!d->n_stalls || l->now->time - d->stalls[0].stall.since <= l->worst_ns)
		return;
	l->worst = d->stalls[0];
	l->worst_ns = l->now->time - l->worst.stall.since;
}

static int sample(struct loop *l)
{
	const struct witnesses *w = l->st->witnesses;

	if (session_sample(l->st->session, l->now)) {
		l->failed = true;
		return -1;
	}
	keep_worst_stall(l);
	l->now->witnessed = w;
	l->now->message_size = l->st->message_size;
	if (w) {
		l->now->server = w->server;
		l->now->client = w->client;
	}
	return 0;
}

static void interval(struct loop *l)
{
	struct snapshot *swap = l->last;

	if (sample(l)) {
		stop_all(l, SIGTERM);
		return;
	}
	snapshot_delta(l->delta, l->now, l->last);
	if (l->st->out.sink)
		l->st->out.sink->interval(l->file, &l->st->info, l->delta, l->now,
					  l->now->time - l->start);
	l->last = l->now;
	l->now = swap;
	flush(l);
}

/* A line of the target's standard error: shown, and kept as its last words. */
static void pass_line(struct loop *l)
{
	char seen[VISIBLE_SIZE(sizeof(l->line))];

	if (!l->line_len)
		return;
	l->line[l->line_len] = '\0';
	fprintf(stderr, "%s\n", visible(l->line, seen, sizeof(seen)));
	memcpy(l->st->last_words, l->line, l->line_len + 1);
	l->line_len = 0;
}

static void pass_stderr(struct loop *l)
{
	char buf[512];
	ssize_t n = read(l->fds[FD_STDERR].fd, buf, sizeof(buf));

	if (n <= 0)
		l->fds[FD_STDERR].fd = -1;
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] == '\n' || l->line_len == sizeof(l->line) - 1)
			pass_line(l);
		if (buf[i] != '\n')
			l->line[l->line_len++] = buf[i];
	}
}

/* Reads what is left of it, once the target has ended. */
static void drain_stderr(struct loop *l)
{
	while (l->fds[FD_STDERR].fd >= 0)
		pass_stderr(l);
	pass_line(l);
}

/* What the client failed of, said once the server is known to have ended well: a server that dies
 * takes the client with it, and then its own end is the news. */
static void client_complains(struct loop *l)
{
	const struct witnesses *w = l->st->witnesses;

	if (w && *w->client.error)
		complain(l, "%s", w->client.error);
}

/* Cleanly, or by our own signal where that came before the server could take it. */
static bool ended_as_told(int status)
{
	if (WIFEXITED(status))
		return !WEXITSTATUS(status);
	return WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGINT;
}

/* Watches what a command that ended has started and left behind; false: nothing, or no more. */
static bool watch_left(struct loop *l)
{
	processes_close(&l->left);
	l->left = (struct processes){.ends = -1};
	if (session_living(l->st->session, &l->left) || !l->left.n || processes_watch(&l->left))
		return false;
	l->fds[FD_PROCESS].fd = l->left.ends;
	return true;
}

/* As strace does it: a daemon's beginning is the end of the command. */
static void command_ended(struct loop *l)
{
	char status[64], left[128];

	l->over = l->stopping || !watch_left(l);
	if (!l->over)
		warnx("the command %s; %s, which it started, %s traced until the end; Ctrl-C ends "
		      "the tracing alone",
		      status_text(l->st->target.status, status, sizeof(status)),
		      processes_text(&l->left, left, sizeof(left)), l->left.n == 1 ? "is" : "are");
}

static void process_ended(struct loop *l)
{
	struct processes *p = l->st->processes ? l->st->processes : &l->left;

	if (processes_ended(p))
		l->over = l->st->processes || !watch_left(l);
}

static void target_ended(struct loop *l)
{
	struct stream *st = l->st;
	char text[64];

	drain_stderr(l);
	if (!st->model) {
		command_ended(l);
		return;
	}
	l->over = true;
	if (l->stopping && ended_as_told(st->target.status)) {
		client_complains(l);
		return;
	}
	l->failed = true;
	status_text(st->target.status, text, sizeof(text));
	if (*st->last_words)
		complain(l, "the server %s; its last words: %s", text, st->last_words);
	else
		complain(l, "the server %s, and said nothing", text);
}

static void client_ended(struct loop *l)
{
	int status = l->st->client.status;
	bool told = l->stopping && ended_as_told(status);
	char text[64];

	if (!told && (!WIFEXITED(status) || WEXITSTATUS(status)))
		l->failed = true;
	if (!told && WIFSIGNALED(status))
		complain(l, "the client %s", status_text(status, text, sizeof(text)));
	stop_all(l, SIGTERM);
	if (!l->st->target.ended) /* it may have thousands of connections to close */
		set_timer(l, FD_END, 2 * STREAM_GRACE);
}

/*
 * As a shell would see the command itself: we stop when it has, and not before. It may have the
 * terminal to restore first, which the shell takes away from both when we stop.
 */
static void stop_with_command(struct loop *l)
{
	if (!l->stopped || !l->to_stop)
		return;
	l->to_stop = false;
	kill(getpid(), SIGSTOP);
}

/* A command that stops or goes on; server and client do so only by us. */
static void command_stops(struct loop *l, int status)
{
	if (l->st->groups)
		return;
	l->stopped = WIFSTOPPED(status);
	if (l->stopped && (WSTOPSIG(status) == SIGTTIN || WSTOPSIG(status) == SIGTTOU))
		l->to_stop = true; /* it is in the background, and its shell waits for word of it */
	stop_with_command(l);
}

static void reap(struct loop *l)
{
	struct stream *st = l->st;
	struct rusage usage;
	int status;
	pid_t pid;

	while ((pid = wait4(-1, &status, WNOHANG | WUNTRACED | WCONTINUED, &usage)) > 0) {
		struct child *c = pid == st->target.pid   ? &st->target
				  : pid == st->client.pid ? &st->client
							  : NULL;
		if (!c)
			continue;
		if (WIFSTOPPED(status) || WIFCONTINUED(status)) {
			command_stops(l, status);
			continue;
		}
		child_reaped(c, status, &usage);
		if (c == &st->target)
			target_ended(l);
		else
			client_ended(l);
	}
}

/* Server and client stop, then we do; when we go on, so do they. */
static void pause_all(struct loop *l)
{
	child_pause(&l->st->client);
	child_pause(&l->st->target);
	kill(getpid(), SIGSTOP);
	child_resume(&l->st->target);
	child_resume(&l->st->client);
}

/* Ctrl-Z, which a command has from the terminal as we have; or the same by kill. */
static void on_stop(struct loop *l, bool passed_on)
{
	if (l->st->groups) {
		pause_all(l);
	} else if (!l->st->target.pid) {
		kill(getpid(), SIGSTOP);
	} else {
		l->to_stop = true;
		if (!passed_on)
			child_signal(&l->st->target, SIGTSTP);
		stop_with_command(l);
	}
}

/* A command has what the terminal sends from the terminal, for it is in its foreground as we are.
 * That the terminal is gone is told to the session's leader alone, which we may be. */
static bool is_the_commands(const struct loop *l, const struct signalfd_siginfo *info)
{
	return info->ssi_code == SI_KERNEL && info->ssi_signo != SIGHUP && l->st->target.pid &&
	       !l->st->groups;
}

/* Ours know two that end them. */
static int signal_to_pass(const struct loop *l, int signal)
{
	return l->st->groups && signal != SIGINT ? SIGTERM : signal;
}

static void on_signal(struct loop *l)
{
	struct signalfd_siginfo info;

	if (read(l->fds[FD_SIGNAL].fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD) {
		reap(l);
		return;
	}
	if (info.ssi_signo == SIGTSTP) {
		on_stop(l, info.ssi_code == SI_KERNEL);
		return;
	}
	if (is_the_commands(l, &info))
		return;
	/* asked twice: no more patience */
	end_within_grace(l, l->st->interrupted ? SIGKILL : signal_to_pass(l, info.ssi_signo));
	if (!l->st->interrupted)
		l->st->interrupted = now_ns();
}

/* Stalls are looked at twice in the time that makes one worth a warning, while there are any. */
static void watch_set(struct loop *l, bool on)
{
	__u64 ns = on ? l->st->out.stall_ms * 500000ull : 0;
	struct timespec ts = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
	struct itimerspec when = {.it_value = ts, .it_interval = ts};

	timerfd_settime(l->fds[FD_WATCH].fd, 0, &when, NULL);
}

static void on_alarm(struct loop *l)
{
	session_alarm_take(l->st->session);
	watch_set(l, true);
}

/* Warns of the stalls that have become long enough since the last look. */
static void warn_of_stalls(struct loop *l)
{
	__u64 before = l->now->time - l->st->out.stall_ms * 1000000ull;
	struct details *d = &l->now->now;
	unsigned said = 0;

	for (unsigned i = 0; i < rows_kept(d->n_stalls, MAX_ROWS); i++) {
		__u64 since = d->stalls[i].stall.since;

		if (since <= l->warned || since > before || said == WARNINGS_AT_ONCE)
			continue;
		said++;
		l->st->out.sink->stall(l->file, &l->st->info, &d->stalls[i], l->now->time - since,
				       l->now->time - l->start);
	}
	l->warned = before;
	flush(l);
}

static void on_watch(struct loop *l)
{
	if (session_stalls(l->st->session, l->now)) {
		watch_set(l, false);
		l->failed = true;
		stop_all(l, SIGTERM);
		return;
	}
	keep_worst_stall(l);
	if (!is_behind(l))
		warn_of_stalls(l);
	if (session_watch_ends(l->st->session))
		watch_set(l, false);
}

static void on_timer(struct loop *l, int which)
{
	__u64 times;

	if (read(l->fds[which].fd, &times, sizeof(times)) != sizeof(times))
		return;
	if (which == FD_WATCH)
		on_watch(l);
	else if (which == FD_END)
		end_within_grace(l, l->stopping ? SIGKILL : SIGTERM);
	else if (!is_behind(l)) /* else the next interval is so much the longer */
		interval(l);
}

static void dispatch(struct loop *l)
{
	if (l->fds[FD_SIGNAL].revents)
		on_signal(l);
	if (l->fds[FD_INTERVAL].revents && !l->over)
		on_timer(l, FD_INTERVAL);
	if (l->fds[FD_END].revents)
		on_timer(l, FD_END);
	if (l->fds[FD_ALARM].revents)
		on_alarm(l);
	if (l->fds[FD_WATCH].revents)
		on_timer(l, FD_WATCH);
	if (l->fds[FD_STDERR].revents)
		pass_stderr(l);
	if (l->fds[FD_OUTPUT].revents)
		flush(l);
	if (l->fds[FD_PROCESS].revents)
		process_ended(l);
}

/* A timer; one of 0 seconds is not started. */
static int timer(double seconds, bool again)
{
	struct timespec ts = {.tv_sec = seconds, .tv_nsec = fmod(seconds, 1) * 1e9};
	struct itimerspec when = {.it_value = ts};
	int fd;

	if (again)
		when.it_interval = ts;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd >= 0 && seconds > 0)
		timerfd_settime(fd, 0, &when, NULL);
	return fd;
}

static int loop_open(struct loop *l, struct stream *st)
{
	sigset_t set;

	*l = (struct loop){.st = st, .file = output_file(st->output), .left.ends = -1};
	stream_set(&set, true);
	for (int i = 0; i < N_FDS; i++)
		l->fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
	l->now = calloc(1, sizeof(*l->now));
	l->last = calloc(1, sizeof(*l->last));
	l->delta = calloc(1, sizeof(*l->delta));
	l->fds[FD_OUTPUT].events = POLLOUT;
	l->fds[FD_SIGNAL].fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	l->fds[FD_INTERVAL].fd = timer(st->out.sink ? st->out.interval : 0, true);
	l->fds[FD_END].fd = timer(st->seconds, false);
	l->fds[FD_WATCH].fd = timer(0, false);
	l->fds[FD_ALARM].fd = st->out.sink ? session_alarm_fd(st->session) : -1;
	l->fds[FD_STDERR].fd = st->target.err_fd;
	l->fds[FD_PROCESS].fd = st->processes ? st->processes->ends : -1;
	if (l->now && l->last && l->delta && l->fds[FD_SIGNAL].fd >= 0 &&
	    l->fds[FD_INTERVAL].fd >= 0 && l->fds[FD_END].fd >= 0 && l->fds[FD_WATCH].fd >= 0)
		return 0;
	warn("cannot start the run");
	return -1;
}

static void loop_close(struct loop *l)
{
	free(l->now);
	free(l->last);
	free(l->delta);
	for (int i = FD_SIGNAL; i <= FD_WATCH; i++)
		if (l->fds[i].fd >= 0)
			close(l->fds[i].fd);
	processes_close(&l->left);
	child_kill(&l->st->client);
	child_kill(&l->st->target);
}

static int summarize(struct loop *l)
{
	struct stream *st = l->st;
	struct run_end end = {.completed = !st->interrupted && !l->failed, .failure = st->failure};
	__u64 lost;

	interval(l); /* the last one, and with it the totals in l->last */
	end.worst = l->worst;
	end.worst_ns = l->worst_ns;
	if (st->model && end.completed)
		reconcile(&end.witnesses, l->last, st->model, st->message_size);
	if (st->out.sink)
		st->out.sink->summary(l->file, &st->info, l->last, l->last->time - l->start, &end);
	flush(l);
	if (!reconciliation_agrees(&end.witnesses)) {
		complain(l, "the witnesses differ: server, client and kernel did not count the "
			    "same");
		l->failed = true;
	}
	if (st->total)
		*st->total = *l->last;
	lost = snapshot_lost(l->last);
	if (l->failed || output_failed(st->output))
		return EXIT_FAILED;
	return st->out.strict && lost ? EXIT_LOST : EXIT_DONE;
}

/* What was so already, of processes that run. */
static void show_beginning(struct loop *l)
{
	struct stream *st = l->st;

	if (!st->processes || session_stalls(st->session, l->now))
		return;
	st->out.sink->attached(l->file, &st->info, session_beginning(st->session), l->now);
}

/* While a command waits at the gate, Ctrl-Z stops it and us at once; from here on see on_stop(). */
static void take_stops(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, NULL);
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
		st->out.sink->start(l->file, &st->info);
		show_beginning(l);
	}
	flush(l);
}

int stream_run(struct stream *st)
{
	int status = EXIT_FAILED;
	struct loop l;

	if (loop_open(&l, st))
		goto out;
	l.start = l.last->time = now_ns();
	st->exec_error = child_release(&st->target);
	if (st->exec_error)
		goto out;
	take_stops();
	show_start(&l);
	child_release(&st->client);
	while (!l.over) {
		l.fds[FD_OUTPUT].fd = output_waits(st->output);
		if (poll(l.fds, N_FDS, -1) >= 0)
			dispatch(&l);
		else if (errno != EINTR)
			break;
	}
	status = summarize(&l);
out:
	loop_close(&l);
	return status;
}

int stream_close(struct stream *st, int status)
{
	if (output_drain(st->output, st->interrupted))
		status = EXIT_FAILED;
	output_close(st->output);
	st->output = NULL;
	return status;
}
