// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "endings.h"

#include <err.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "process_state.h"
#include "stop_here.h"
#include "visible.h"

#define NSEC_PER_SEC  1000000000ull
#define LOOK_EVERY_NS 2000000 /* at a server that has connections to close yet */
#define LOOKS_IN_VAIN 250

void loop_complain(struct loop *l, const char *format, ...)
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

int loop_timer(double seconds, bool again)
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

void loop_set_timer(struct loop *l, int which, __u64 ns, bool again)
{
	struct timespec ts = {.tv_sec = ns / NSEC_PER_SEC, .tv_nsec = ns % NSEC_PER_SEC};
	struct itimerspec when = {.it_value = ts};

	if (again)
		when.it_interval = ts;
	timerfd_settime(l->fds[which].fd, 0, &when, NULL);
}

/* Of several, that in which all are. */
void loop_note_state(struct loop *l)
{
	const struct processes *p = l->st->processes;
	const char *state = p && !p->n ? NULL : process_state(p ? p->pids[0] : l->st->target.runs);

	for (unsigned i = 1; p && i < p->n; i++)
		if (process_state(p->pids[i]) != state)
			state = NULL;
	if (p || l->st->target.pid)
		l->state = state;
}

void loop_stop_all(struct loop *l, int signal)
{
	struct stream *st = l->st;

	if (!l->stopping)
		loop_note_state(l);
	l->stopping = true;
	if (st->client.pid)
		child_signal(&st->client, signal);
	else if (st->target.pid)
		child_signal(&st->target, signal);
	else
		l->over = true;
}

void loop_end_now(struct loop *l)
{
	if (l->killed) {
		l->over = l->failed = true;
		return;
	}
	l->killed = true;
	loop_stop_all(l, SIGKILL);
	loop_set_timer(l, FD_END, NSEC_PER_SEC, false);
}

void loop_end_within_grace(struct loop *l, int signal)
{
	loop_set_timer(l, FD_END, STREAM_GRACE * NSEC_PER_SEC, false);
	loop_stop_all(l, signal);
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

void loop_pass_stderr(struct loop *l)
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
		loop_pass_stderr(l);
	pass_line(l);
}

/* What the client failed of, said once the server is known to have ended well: a server that dies
 * takes the client with it, and then its own end is the news. A server says why it refuses a
 * client, who only sees that. */
static void client_complains(struct loop *l)
{
	const struct witnesses *w = l->st->witnesses;

	if (!w || !*w->client.error)
		return;
	if (*l->st->last_words)
		loop_complain(l, "%s; the last output of the server: %s", w->client.error,
			      l->st->last_words);
	else
		loop_complain(l, "%s", w->client.error);
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
	if (session_living(l->st->session, &l->left) || !l->left.n || processes_open(&l->left))
		return false;
	l->fds[FD_PROCESS].fd = l->left.ends;
	return l->left.alive; /* a command that died before it was executed, is not */
}

/* Who kept the command was killed, maybe by the command: what it kept is for us to end. */
static void keeper_lost(struct loop *l)
{
	const struct timespec shortly = {.tv_nsec = LOOK_EVERY_NS};
	char text[64];

	l->over = l->failed = true;
	loop_complain(l,
		      "the wakelab process that watches the command %s before the command ended: "
		      "everything that the command started is killed",
		      status_text(l->st->target.status, text, sizeof(text)));
	for (unsigned i = 0; i < LOOKS_IN_VAIN; i++) {
		struct processes left = {.ends = -1};

		if (session_living(l->st->session, &left) || !left.n)
			return;
		for (unsigned k = 0; k < left.n; k++)
			kill(left.pids[k], SIGKILL);
		nanosleep(&shortly, NULL);
	}
}

/* As strace does it: a daemon's beginning is the end of the command. */
static void command_ended(struct loop *l)
{
	char status[64], left[128];

	if (l->st->target.lost) {
		keeper_lost(l);
		return;
	}
	l->over = l->stopping || !watch_left(l);
	if (!l->over)
		warnx("the command %s; %s, which it started, %s traced until the end; Ctrl-C stops "
		      "only the tracing",
		      status_text(l->st->target.status, status, sizeof(status)),
		      processes_text(&l->left, left, sizeof(left)), l->left.n == 1 ? "is" : "are");
}

void loop_process_ended(struct loop *l)
{
	struct processes *p = l->st->processes ? l->st->processes : &l->left;

	if (processes_ended(p) && !l->st->arrivals)
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
	if (l->killed)
		loop_complain(l, "the server did not end when it was told to, and was killed");
	else if (*st->last_words)
		loop_complain(l, "the server %s; its last output: %s", text, st->last_words);
	else
		loop_complain(l, "the server %s without any output", text);
}

void loop_look_at_closing(struct loop *l)
{
	const struct tally *t = &l->st->witnesses->server;
	uint64_t closed = __atomic_load_n(&t->closes, __ATOMIC_RELAXED);

	l->unchanged = closed == l->closed ? l->unchanged + 1 : 0;
	l->closed = closed;
	if (!l->st->target.ended && l->unchanged < LOOKS_IN_VAIN &&
	    closed < __atomic_load_n(&t->accepts, __ATOMIC_RELAXED))
		return;
	loop_set_timer(l, FD_CLOSING, 0, false);
	loop_stop_all(l, SIGTERM);
}

/* The server may have ends of connections before it yet, which are to be counted. */
static void client_ended(struct loop *l)
{
	int status = l->st->client.status;
	bool told = l->stopping && ended_as_told(status);
	char text[64];

	if (!told && (!WIFEXITED(status) || WEXITSTATUS(status)))
		l->failed = true;
	if (!told && WIFSIGNALED(status))
		loop_complain(l, "the client %s", status_text(status, text, sizeof(text)));
	loop_set_timer(l, FD_CLOSING, LOOK_EVERY_NS, true);
	loop_look_at_closing(l);
	if (!l->st->target.ended) /* it may have thousands of connections to close */
		loop_set_timer(l, FD_END, 2 * STREAM_GRACE * NSEC_PER_SEC, false);
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
	stop_here(l->st->output);
}

/* A command that stops or goes on; server and client do so only by us, and the keeper of a command
 * that has a session of its own never does of its own will. */
static void command_stops(struct loop *l, int status)
{
	if (l->st->groups) {
		if (l->st->target.kept && WIFSTOPPED(status))
			kill(l->st->target.pid, SIGCONT);
		return;
	}
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
	stop_here(l->st->output);
	child_resume(&l->st->target);
	child_resume(&l->st->client);
}

/* Ctrl-Z, which a command has from the terminal as we have; or the same by kill. */
static void on_stop(struct loop *l, bool passed_on)
{
	if (l->st->groups) {
		pause_all(l);
	} else if (!l->st->target.pid) {
		stop_here(l->st->output);
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
	return l->st->model && signal != SIGINT ? SIGTERM : signal;
}

void loop_asked_to_end(struct loop *l, int signal)
{
	/* asked twice: no more patience */
	loop_end_within_grace(l, l->st->interrupted ? SIGKILL : signal_to_pass(l, signal));
	if (!l->st->interrupted)
		l->st->interrupted = now_ns();
}

void loop_on_signal(struct loop *l)
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
	if (info.ssi_signo == SIGUSR2) {
		recorder_keep(l->st->recorder, "SIGUSR2");
		recorder_flush(l->st->recorder);
		return;
	}
	loop_asked_to_end(l, info.ssi_signo);
}
