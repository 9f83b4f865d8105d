// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "keeper.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cell.h"
#include "orphans.h"
#include "tasks.h"

struct keeper {
	pid_t command; /* 0: it ended */
	int status;    /* then */
	bool inner;    /* it is another keeper, in a cell */
};

/* The terminal's Ctrl-Z is for all of the group, and pending here: we stop when the command has,
 * for the tracer to see it. */
static void stop_with_command(void)
{
	const struct timespec now = {0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	if (sigtimedwait(&set, NULL, &now) == SIGTSTP)
		raise(SIGSTOP);
}

/* Takes note of those that ended; with WNOHANG until none has, else of one. False: there is none
 * left. */
static bool reap(struct keeper *k, int flags)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, flags | WUNTRACED)) > 0) {
		if (WIFSTOPPED(status)) {
			if (pid == k->command)
				stop_with_command();
			continue;
		}
		if (pid == k->command) {
			k->command = 0;
			k->status = status;
		}
		if (!flags)
			return true;
	}
	return pid == 0 || errno == EINTR;
}

/* Whoever is killed hands its children on to us. */
static void kill_all(struct keeper *k)
{
	while (children_kill(NULL, false) && reap(k, 0))
		reap(k, WNOHANG);
}

/* Waits until the command ended or the tracer did. */
static void watch(struct keeper *k, int lifeline)
{
	struct signalfd_siginfo info;
	struct pollfd fds[] = {{.fd = lifeline}, {.events = POLLIN}};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	fds[1].fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	while (k->command && !(fds[0].revents & POLLHUP) &&
	       (poll(fds, 2, -1) >= 0 || errno == EINTR)) {
		if (fds[1].revents && read(fds[1].fd, &info, sizeof(info)) < 0 && errno != EAGAIN)
			return;
		reap(k, WNOHANG);
	}
}

/* Tells how the command ended, unless that is for another keeper to tell. */
static void tell(const struct keeper *k, int word)
{
	ssize_t n = k->command || k->inner ? 0 : write(word, &k->status, sizeof(k->status));

	(void)n; /* a tracer that is gone does not ask */
}

/* What the terminal sends is not for the keeper, and it has nothing open but the lifeline, in the
 * place of standard output the word, and standard error. */
static _Noreturn void keep(struct keeper k, const struct keeping *keeping)
{
	dup2(keeping->lifeline, STDIN_FILENO);
	dup2(keeping->word, STDOUT_FILENO);
	if (k.inner)
		close(STDOUT_FILENO);
	close_range(STDERR_FILENO + 1, UINT_MAX, 0);
	watch(&k, STDIN_FILENO);
	kill_all(&k);
	tell(&k, STDOUT_FILENO);
	_exit(EXIT_SUCCESS);
}

void keeper_stay(const struct keeping *keeping)
{
	struct keeper k = {0};
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		err(EXIT_FAILURE, "cannot adopt orphaned processes (PR_SET_CHILD_SUBREAPER)");
	if (keeping->apart) {
		setsid();
		k.command = cell_fork(keeping->sealed);
		k.inner = k.command > 0;
	}
	if (!k.inner)
		k.command = fork();
	if (k.command < 0) {
		tasks_warn("cannot start a process for the command", errno);
		exit(EXIT_FAILURE);
	}
	if (k.command)
		keep(k, keeping);
	if (keeping->apart)
		setsid();
}
