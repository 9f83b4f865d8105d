// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "measure.h"

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "command_line.h"
#include "exit_status.h"
#include "language.h"
#include "signals.h"

struct performance {
	struct part part;
	int output;     /* a file in memory that the run writes to */
	sigset_t taken; /* the signals that end a run, and SIGCHLD */
	struct part_signals before;
	int interrupted; /* the signal that ended it; 0: none did */
};

/* Where traced programs find wakelab. */
static void name_ourselves(void)
{
	char own[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", own, sizeof(own) - 1);

	own[len > 0 ? len : 0] = '\0';
	setenv("WAKELAB", own, 1);
}

/* Its own arguments, behind those that are ours; a server of ours gets a free port. */
static int write_line(struct command_line *line, const struct lesson_run *run, int output)
{
	if (command_line_begin(line, run->args[0], output, MAX_RUN_ARGS + 1))
		return -1;
	if (strcmp(run->args[0], "trace") != 0)
		command_line_add(line, "--port=0");
	for (unsigned i = 1; run->args[i]; i++)
		command_line_add(line, run->args[i]);
	return 0;
}

static int start(struct performance *p, const struct lesson_run *run,
		 const struct workshop *workshop)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), failed;
	const struct part_place place = {
		.in = null, .out = null, .err = -1, .folder = workshop->folder};
	struct part_command command = {.run = strcmp(run->args[0], "trace") ? workshop->run
									    : workshop->trace};
	struct command_line line;

	name_ourselves();
	failed = write_line(&line, run, p->output);
	command.argv = line.argv;
	if (!failed)
		failed = part_start(&p->part, part_run_command, &command, &place, &p->before);
	command_line_end(&line);
	if (null >= 0)
		close(null);
	return failed;
}

/* What a terminal sends reaches the run by itself. */
static void await(struct performance *p)
{
	while (!part_ended(&p->part, 0)) {
		siginfo_t info;

		if (sigwaitinfo(&p->taken, &info) <= 0 || info.si_signo == SIGCHLD)
			continue;
		p->interrupted = info.si_signo;
		if (info.si_code != SI_KERNEL)
			kill(p->part.pid, info.si_signo);
	}
}

static int play(struct performance *p, const struct lesson_run *run,
		const struct workshop *workshop)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};
	int failed;

	signals_that_end(&p->taken);
	sigaddset(&p->taken, SIGCHLD);
	parts_begin(&p->before);
	sigprocmask(SIG_BLOCK, &p->taken, NULL);
	failed = start(p, run, workshop);
	if (!failed)
		await(p);
	if (p->interrupted) {
		sigaction(p->interrupted, &usual, NULL);
		raise(p->interrupted);
	}
	parts_end(&p->before);
	return failed;
}

static struct json_object *read_summary(int output)
{
	struct json_object *lines = part_lines(output);
	struct json_object *summary = json_object_get(part_line_of(lines, "summary"));

	json_object_put(lines);
	return summary;
}

/* Whether it ended as the lesson has it; else an exit status, the reason of which the run has said
 * if there is one. */
static int judge(const struct performance *p, const struct lesson_run *run, bool measured)
{
	char how[64];
	int ended = p->part.status;
	int status = WIFEXITED(ended) ? WEXITSTATUS(ended) : EXIT_FAILED;

	if (measured && WIFEXITED(ended) && status == run->status)
		return 0;
	warnx(tr("the run \"%s\" of this lesson %s, but it must exit with status %.0f: nothing was "
		 "measured"),
	      run->name, status_text(ended, how, sizeof(how)), run->status);
	return status ? status : EXIT_FAILED;
}

int measure(const struct lesson_run *run, const struct workshop *workshop,
	    struct json_object **summary)
{
	struct performance p = {.output = part_output()};
	int status = EXIT_FAILED;

	*summary = NULL;
	if (p.output < 0)
		return status;
	if (!play(&p, run, workshop)) {
		*summary = read_summary(p.output);
		status = judge(&p, run, *summary);
	}
	if (status) {
		json_object_put(*summary);
		*summary = NULL;
	}
	close(p.output);
	return status;
}
