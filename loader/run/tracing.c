// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "tracing.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "exit_status.h"
#include "privileges.h"
#include "proc_stat.h"
#include "stream.h"

static int prepare_command(void *arg)
{
	const struct tracing *t = arg;

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

static void describe_command(struct stream *st, char **argv)
{
	size_t len = 0;

	for (; *argv && len < sizeof(st->info.target) - 1; argv++)
		len += snprintf(st->info.target + len, sizeof(st->info.target) - len, "%s%s",
				len ? " " : "", *argv);
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

static int find_processes(struct stream *st, const struct tracing *t)
{
	st->processes = t->processes;
	processes_text(st->processes, st->info.target, sizeof(st->info.target));
	return processes_open(st->processes) ? EXIT_FAILED : 0;
}

static int trace(struct stream *st, const struct tracing *t)
{
	const struct processes *p = t->processes;
	int status;

	st->session = session_open(&st->out.wish);
	if (!st->session)
		return EXIT_UNABLE;
	if (st->out.self)
		session_count_runs(st->session);
	if (p)
		status = session_adopt(st->session, p->pids, p->n, !t->no_children);
	else
		status = session_adopt(st->session, &st->target.runs, 1, false);
	if (status)
		return status;
	if (p && session_beginning(st->session)->cut) {
		warnx("told to stop while the state of the target was still being read: nothing "
		      "was counted");
		return EXIT_FAILED;
	}
	if (privileges_drop(false))
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
	stream_signals(&before, st.groups);
	status = t->processes ? find_processes(&st, t) : start_command(&st, t, &before);
	if (!status)
		status = trace(&st, t);
	status = st.exec_error ? program_failed(t->program, st.exec_error)
			       : command_status(status, &st);
	if (t->report)
		report(t->report, &st);
	child_kill(&st.target);
	session_close(st.session);
	if (t->processes)
		processes_close(t->processes);
	return stream_close(&st, status < 0 ? EXIT_FAILED : status);
}
