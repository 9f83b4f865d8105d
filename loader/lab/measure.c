// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "measure.h"

#include <err.h>
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
#include "signals.h"

/* On a free port, and for us to read. */
static const char *const our_args[] = {"--port", "0", "--format", "ndjson"};
#define N_OUR_ARGS (sizeof(our_args) / sizeof(our_args[0]))

struct performance {
	pid_t pid;
	int output;                    /* a file in memory that the run writes to */
	sigset_t taken, before;        /* the signals that end a run, and SIGCHLD */
	struct sigaction before_child; /* a caller may have ignored SIGCHLD: no status then */
	int interrupted;               /* the signal that ended it; 0: none did */
	int status;                    /* of waitpid */
};

static _Noreturn void perform(const struct performance *p, const struct lesson_run *run,
			      command_function *command, pid_t parent)
{
	char *argv[MAX_RUN_ARGS + N_OUR_ARGS];
	char name[64];
	int argc = 1;

	if (tie_to_parent(parent) || dup2(p->output, STDOUT_FILENO) < 0)
		_exit(EXIT_FAILED);
	sigprocmask(SIG_SETMASK, &p->before, NULL);
	snprintf(name, sizeof(name), "wakelab %s", run->args[0]);
	argv[0] = name;
	while (run->args[argc]) {
		argv[argc] = (char *)run->args[argc];
		argc++;
	}
	for (size_t i = 0; i < N_OUR_ARGS; i++)
		argv[argc++] = (char *)our_args[i];
	argv[argc] = NULL;
	exit(command(argc, argv));
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

static int play(struct performance *p, const struct lesson_run *run, command_function *command)
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
		perform(p, run, command, parent);
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
	warnx("the run \"%s\" of this lesson %s, and was to exit with status %.0f: nothing is "
	      "measured",
	      run->name, status_text(p->status, how, sizeof(how)), run->status);
	return status ? status : EXIT_FAILED;
}

int measure(const struct lesson_run *run, command_function *command, struct json_object **summary)
{
	struct performance p = {.output = memfd_create("wakelab-lab", MFD_CLOEXEC)};
	int status = EXIT_FAILED;

	*summary = NULL;
	if (p.output < 0) {
		warn("cannot make a file in memory");
		return status;
	}
	if (!play(&p, run, command)) {
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
