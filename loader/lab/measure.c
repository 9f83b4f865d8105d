// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "measure.h"

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "exit_status.h"
#include "language.h"
#include "signals.h"
#include "user.h"
#include "visible.h"

#define N_OUR_ARGS 8 /* at most */

struct performance {
	pid_t pid;
	int output;                    /* a file in memory that the run writes to */
	sigset_t taken, before;        /* the signals that end a run, and SIGCHLD */
	struct sigaction before_child; /* a caller may have ignored SIGCHLD: no status then */
	int interrupted;               /* the signal that ended it; 0: none did */
	int status;                    /* of waitpid */
};

/* The command line of a run: its own arguments, behind those that are ours. */
struct command_line {
	char *argv[MAX_RUN_ARGS + N_OUR_ARGS];
	int argc;
	char name[32], output[32];
	struct user user;
};

static void add(struct command_line *line, const char *arg)
{
	line->argv[line->argc++] = (char *)arg;
}

/* On a free port. */
static void add_of_run(struct command_line *line)
{
	add(line, "--port");
	add(line, "0");
}

/* As a server of ours would run, and nothing of it stays. */
static void add_of_trace(struct command_line *line)
{
	add(line, "--kill-on-exit");
	if (user_of_sudo(&line->user) && !user_find(&line->user, line->user.name)) {
		add(line, "--user");
		add(line, line->user.name);
	}
}

static void write_line(struct command_line *line, const struct lesson_run *run, bool trace,
		       int output)
{
	line->argc = 0;
	snprintf(line->name, sizeof(line->name), "wakelab %s", run->args[0]);
	snprintf(line->output, sizeof(line->output), "--output=/proc/self/fd/%d", output);
	add(line, line->name);
	add(line, "--format=ndjson");
	add(line, line->output);
	(trace ? add_of_trace : add_of_run)(line);
	for (unsigned i = 1; run->args[i]; i++)
		add(line, run->args[i]);
	line->argv[line->argc] = NULL;
}

/* What a traced program finds. False, after one line on stderr: it would not. */
static bool enter(const char *folder)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char own[PATH_MAX], seen[VISIBLE_SIZE(PATH_MAX)];
	ssize_t len = readlink("/proc/self/exe", own, sizeof(own) - 1);

	own[len > 0 ? len : 0] = '\0';
	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0 &&
	    !setenv("WAKELAB", own, 1) && !chdir(folder))
		return true;
	warn("cannot prepare a run in %s", visible(folder, seen, sizeof(seen)));
	return false;
}

static _Noreturn void perform(const struct performance *p, const struct lesson_run *run,
			      const struct workshop *workshop, pid_t parent)
{
	bool trace = !strcmp(run->args[0], "trace");
	struct command_line line;

	if (tie_to_parent(parent) || !enter(workshop->folder))
		_exit(EXIT_FAILED);
	sigprocmask(SIG_SETMASK, &p->before, NULL);
	write_line(&line, run, trace, p->output);
	exit((trace ? workshop->trace : workshop->run)(line.argc, line.argv));
}

/* What a terminal sends reaches the run by itself. */
static void await(struct performance *p)
{
	while (!waitpid(p->pid, &p->status, WNOHANG)) {
		siginfo_t info;

		if (sigwaitinfo(&p->taken, &info) <= 0 || info.si_signo == SIGCHLD)
			continue;
		p->interrupted = info.si_signo;
		if (info.si_code != SI_KERNEL)
			kill(p->pid, info.si_signo);
	}
}

static int play(struct performance *p, const struct lesson_run *run,
		const struct workshop *workshop)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};
	pid_t parent = getpid();

	signals_that_end(&p->taken);
	sigaddset(&p->taken, SIGCHLD);
	sigaction(SIGCHLD, &usual, &p->before_child);
	sigprocmask(SIG_BLOCK, &p->taken, &p->before);
	fflush(NULL);
	p->pid = fork();
	if (!p->pid)
		perform(p, run, workshop, parent);
	if (p->pid > 0)
		await(p);
	else
		warn("cannot fork");
	if (p->interrupted) {
		sigaction(p->interrupted, &usual, NULL);
		raise(p->interrupted);
	}
	sigprocmask(SIG_SETMASK, &p->before, NULL);
	sigaction(SIGCHLD, &p->before_child, NULL);
	return p->pid > 0 ? 0 : -1;
}

/* The last line of what the run printed, if it is a summary. */
static struct json_object *read_summary(int fd)
{
	struct json_object *summary = NULL, *type;
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, size + 1), *line;

	if (text && size && pread(fd, text, size, 0) == size) {
		text[size - 1] = '\0'; /* the newline */
		line = strrchr(text, '\n');
		summary = json_tokener_parse(line ? line + 1 : text);
	}
	free(text);
	if (json_object_object_get_ex(summary, "type", &type) &&
	    !strcmp(json_object_get_string(type), "summary"))
		return summary;
	json_object_put(summary);
	return NULL;
}

/* Whether it ended as the lesson has it; else an exit status, the reason of which the run has said
 * if there is one. */
static int judge(const struct performance *p, const struct lesson_run *run, bool measured)
{
	char how[64];
	int status = WIFEXITED(p->status) ? WEXITSTATUS(p->status) : EXIT_FAILED;

	if (measured && WIFEXITED(p->status) && status == run->status)
		return 0;
	warnx(tr("the run \"%s\" of this lesson %s, and was to exit with status %.0f: nothing "
		 "is measured"),
	      run->name, status_text(p->status, how, sizeof(how)), run->status);
	return status ? status : EXIT_FAILED;
}

int measure(const struct lesson_run *run, const struct workshop *workshop,
	    struct json_object **summary)
{
	struct performance p = {.output = memfd_create("wakelab-lab", MFD_CLOEXEC)};
	int status = EXIT_FAILED;

	*summary = NULL;
	if (p.output < 0) {
		warn("cannot make a file in memory");
		return status;
	}
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
