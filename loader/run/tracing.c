// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "tracing.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exit_status.h"
#include "privileges.h"
#include "proc_stat.h"
#include "stream.h"
#include "stream_signals.h"

/* A screen is shown there, and the keys are for that: the command has neither. */
static int leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (isatty(fd) && dup2(null, fd) < 0)
			return -1;
	return null < 0 ? -1 : 0;
}

static int prepare_command(void *arg)
{
	const struct tracing *t = arg;

	if (t->out.live && leave_terminal())
		return EXIT_FAILED;
	if (t->user)
		user_environment(t->user);
	if (t->printed >= 0 &&
	    (dup2(t->printed, STDOUT_FILENO) < 0 || dup2(t->printed, STDERR_FILENO) < 0))
		return EXIT_FAILED;
	return 0;
}

static int run_command(void *arg)
{
	const struct tracing *t = arg;

	program_execute(t->program);
	return errno;
}

/* A word of a command, between quotes where one would not see its ends or a shell would change it.
 * Gives how long it is, also where there is less room. */
static size_t put_word(char *buf, size_t size, const char *word)
{
	const char *mark = "";

	if (!*word || strpbrk(word, " \"'`$*?[](){}<>|&;#~!"))
		mark = strchr(word, '\'') ? "\"" : "'";
	return snprintf(buf, size, "%s%s%s", mark, word, mark);
}

static void describe_command(struct stream *st, char **argv)
{
	const size_t size = sizeof(st->info.target);
	size_t len = 0;

	for (; *argv && len + 2 < size; argv++) {
		if (len)
			st->info.target[len++] = ' ';
		len += put_word(st->info.target + len, size - len, *argv);
	}
}

static int start_command(struct stream *st, const struct tracing *t, const struct signals *before)
{
	const struct child_body body = {
		.prepare = prepare_command,
		.run = run_command,
		.arg = (void *)t,
		.user = t->user,
		.flags = CHILD_COMMAND | t->flags,
		.sealed = t->sealed,
	};

	describe_command(st, t->program->argv);
	return child_start(&st->target, &body, before);
}

static int find_targets(struct stream *st, struct targets *t)
{
	int status = targets_find(t);

	st->processes = &t->processes;
	st->arrivals = targets_arrive(t);
	if (st->arrivals)
		st->out.wish.sought = &t->arriving;
	return status;
}

/* Who has come since it was looked is found now, and who comes from here on is seen to come. */
static int adopt_targets(struct stream *st, struct targets *t)
{
	int status = st->arrivals ? targets_find_more(t) : EXIT_DONE;

	if (!status)
		status = session_adopt(st->session, &t->processes, !t->no_children);
	targets_text(t, st->info.target, sizeof(st->info.target));
	if (status || !session_beginning(st->session)->cut)
		return status;
	warnx("told to stop while the state of the target was still being read: nothing "
	      "was counted");
	return EXIT_FAILED;
}

static int trace(struct stream *st, const struct tracing *t)
{
	int status;

	st->session = session_open(&st->out.wish);
	if (!st->session)
		return EXIT_UNABLE;
	if (st->out.self)
		session_count_runs(st->session);
	status = t->targets ? adopt_targets(st, t->targets)
			    : session_adopt_one(st->session, st->target.runs);
	if (status)
		return status;
	if (privileges_drop(st->arrivals ? PRIVILEGED_LOOKING : PRIVILEGED_NOTHING))
		return EXIT_FAILED;
	if (t->report)
		t->report->above = proc_parent(st->target.runs);
	return stream_run(st);
}

static void report(struct tracing_report *r, const struct stream *st)
{
	r->unable = st->exec_error;
	r->lost = st->target.lost;
	r->status = st->target.status;
	r->ended = st->target.ended && !r->lost && !r->unable;
}

/* The command's own status stands for the run, unless the run itself failed. */
static int command_status(int status, const struct stream *st)
{
	if (status != EXIT_DONE || !st->target.ended)
		return status;
	return shell_status(st->target.status);
}

int tracing_run(const struct tracing *t)
{
	struct stream st = {.out = t->out,
			    .seconds = t->seconds,
			    .target = CHILD_NONE,
			    .client = CHILD_NONE,
			    .groups = t->flags & CHILD_APART,
			    .info = {.command = "trace"}};
	struct signals before;
	int status;

	if (stream_open(&st))
		return EXIT_FAILED;
	stream_signals(&st, &before);
	status = t->targets ? find_targets(&st, t->targets) : start_command(&st, t, &before);
	if (!status)
		status = trace(&st, t);
	status = st.exec_error ? program_failed(t->program, st.exec_error)
			       : command_status(status, &st);
	if (t->report)
		report(t->report, &st);
	child_kill(&st.target);
	session_close(st.session);
	if (t->targets)
		processes_close(&t->targets->processes);
	return stream_close(&st, status < 0 ? EXIT_FAILED : status);
}
