// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "keeper.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc_stat.h"

struct keeper {
	pid_t command; /* 0: it ended */
	int status;    /* then */
};

/* Kills the children that this process has; gives whether it may do that to one of them. */
static bool kill_children(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	bool killed = false;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0 || proc_parent(pid) != getpid())
			continue;
		if (!kill(pid, SIGKILL))
			killed = true;
		else
			warn("cannot kill process %d, which the command started", pid);
	}
	if (dir)
		closedir(dir);
	return killed;
}

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
	while (kill_children() && reap(k, 0))
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

/* Ends as the command did, but for a core: that has been written. */
static _Noreturn void end_like(int status)
{
	const struct rlimit none = {0, 0};
	sigset_t set;

	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	setrlimit(RLIMIT_CORE, &none);
	signal(WTERMSIG(status), SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, WTERMSIG(status));
	raise(WTERMSIG(status));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	_exit(EXIT_FAILURE);
}

/* What the terminal sends is not for the keeper, and it has nothing open but the lifeline and
 * standard error. */
static _Noreturn void keep(pid_t command, int lifeline)
{
	struct keeper k = {.command = command};

	dup2(lifeline, STDIN_FILENO);
	close(STDOUT_FILENO);
	close_range(STDERR_FILENO + 1, UINT_MAX, 0);
	watch(&k, STDIN_FILENO);
	kill_all(&k);
	end_like(k.status);
}

void keeper_stay(int lifeline)
{
	sigset_t all;
	pid_t command;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		err(EXIT_FAILURE, "cannot become a subreaper");
	command = fork();
	if (command < 0)
		err(EXIT_FAILURE, "cannot fork");
	if (command)
		keep(command, lifeline);
}
