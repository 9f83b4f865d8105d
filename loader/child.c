// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "child.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brief_write.h"
#include "snapshot.h"

#define MAX_GROUPS 1024

static bool is_member(const struct group *group, const char *user)
{
	for (char **name = group->gr_mem; *name; name++)
		if (!strcmp(*name, user))
			return true;
	return false;
}

/*
 * Takes the groups that /etc/group says the user is in. That is read as a file: initgroups() would
 * load libraries for it, which a static binary cannot.
 */
static int become_groups(const char *user, gid_t gid)
{
	FILE *file = fopen("/etc/group", "re");
	gid_t groups[MAX_GROUPS] = {gid};
	struct group *group;
	size_t n = 1;

	while (file && n < MAX_GROUPS && (group = fgetgrent(file)))
		if (is_member(group, user))
			groups[n++] = group->gr_gid;
	if (file)
		fclose(file);
	return setgroups(n, groups);
}

/* Becomes the user that sudo was called by. */
static int become_user(void)
{
	const char *uid = getenv("SUDO_UID"), *gid = getenv("SUDO_GID"),
		   *user = getenv("SUDO_USER");

	if (geteuid() || !uid || !gid)
		return 0;
	if (become_groups(user ? user : "", atoi(gid)) || setgid(atoi(gid)) || setuid(atoi(uid))) {
		warn("cannot become user %s, who called sudo", uid);
		return -1;
	}
	return 0;
}

/* Dies with the parent; checks that it has not died already. */
static int tie_to_parent(pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent ? -1 : 0;
}

struct pipes {
	int gate[2], ready[2], err[2];
};

static void pipes_close(struct pipes *p)
{
	int *fds = (int *)p;

	for (size_t i = 0; i < sizeof(*p) / sizeof(int); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int pipes_open(struct pipes *p, unsigned flags)
{
	memset(p, -1, sizeof(*p));
	if (pipe2(p->gate, O_CLOEXEC) || pipe2(p->ready, O_CLOEXEC) ||
	    (flags & CHILD_KEEP_STDERR && pipe2(p->err, O_CLOEXEC))) {
		warn("cannot make a pipe");
		pipes_close(p);
		return -1;
	}
	return 0;
}

/* A command finds the signals as it would without us; what runs our own code needs these two. */
static void restore_signals(const struct signals *before, bool command)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};

	sigaction(SIGPIPE, command ? &before->pipe : &usual, NULL);
	sigaction(SIGCHLD, command ? &before->child : &usual, NULL);
	sigaction(BRIEF_SIGNAL, &before->brief, NULL);
	sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

/* What the terminal sent to our group before this process had one of its own, was meant for us. */
static void leave_group(void)
{
	const struct timespec now = {0};
	sigset_t set;

	setpgid(0, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGTSTP);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
}

/*
 * Server and client are forked, not executed: what the tracer has open is none of theirs. A
 * command's further descriptors are its caller's, and ours are closed when it is executed.
 */
static void close_others(const struct pipes *p)
{
	const int *fds = (const int *)p;
	unsigned from = STDERR_FILENO + 1;

	for (;;) {
		unsigned next = UINT_MAX;

		for (size_t i = 0; i < sizeof(*p) / sizeof(int); i++)
			if (fds[i] >= (int)from && (unsigned)fds[i] < next)
				next = fds[i];
		if (next > from)
			close_range(from, next == UINT_MAX ? UINT_MAX : next - 1, 0);
		if (next == UINT_MAX)
			return;
		from = next + 1;
	}
}

static _Noreturn void child_main(struct pipes *p, const struct child_body *body,
				 const struct signals *before, pid_t parent)
{
	int status = EXIT_FAILURE;
	char go = 0;

	if (body->flags & CHILD_OWN_GROUP)
		leave_group();
	if (!(body->flags & CHILD_COMMAND))
		close_others(p);
	if (body->flags & CHILD_UNPRIVILEGED && become_user())
		_exit(EXIT_FAILURE);
	if (tie_to_parent(parent))
		_exit(EXIT_FAILURE);
	restore_signals(before, body->flags & CHILD_COMMAND);
	stderr_waits();
	if (body->prepare)
		status = body->prepare(body->arg);
	if (body->prepare && status)
		_exit(status);
	if (p->err[1] >= 0)
		dup2(p->err[1], STDERR_FILENO);
	close(p->gate[1]);
	if (write(p->ready[1], &go, 1) != 1 || read(p->gate[0], &go, 1) != 1)
		_exit(EXIT_FAILURE); /* the parent gave up */
	close(p->ready[0]);
	close(p->ready[1]);
	close(p->gate[0]);
	status = body->run(body->arg);
	_exit(status);
}

void child_reaped(struct child *c, int status, const struct rusage *usage)
{
	c->pid = 0;
	c->ended = true;
	c->status = status;
	c->usage = *usage;
}

static void reap(struct child *c)
{
	struct rusage usage = {0};
	int status = 0;

	wait4(c->pid, &status, 0, &usage);
	child_reaped(c, status, &usage);
}

/* Waits until the child is at the gate (0) or ended before it (its exit status). */
static int await_ready(struct child *c, int ready)
{
	char byte;

	if (read(ready, &byte, 1) == 1)
		return 0;
	reap(c);
	return WIFEXITED(c->status) ? WEXITSTATUS(c->status) : EXIT_FAILURE;
}

static void close_gate(struct child *c)
{
	if (c->gate >= 0)
		close(c->gate);
	c->gate = -1;
}

int child_start(struct child *c, const struct child_body *body, const struct signals *before)
{
	pid_t parent = getpid();
	struct pipes p;
	int status;

	*c = CHILD_NONE;
	if (pipes_open(&p, body->flags))
		return -1;
	fflush(NULL);
	c->pid = fork();
	if (c->pid < 0) {
		warn("cannot fork");
		c->pid = 0;
		pipes_close(&p);
		return -1;
	}
	if (!c->pid)
		child_main(&p, body, before, parent);
	close(p.ready[1]);
	p.ready[1] = -1;
	status = await_ready(c, p.ready[0]);
	c->gate = p.gate[1];
	c->err_fd = p.err[0];
	p.gate[1] = p.err[0] = -1;
	pipes_close(&p);
	return status;
}

void child_release(struct child *c)
{
	ssize_t n = c->gate >= 0 ? write(c->gate, "", 1) : 0;

	(void)n; /* a child that is gone is reaped like any other */
	close_gate(c);
}

void child_signal(const struct child *c, int signal)
{
	if (c->pid)
		kill(c->pid, signal);
}

void child_pause(const struct child *c)
{
	if (c->pid)
		kill(-c->pid, SIGSTOP);
}

void child_resume(const struct child *c)
{
	if (c->pid)
		kill(-c->pid, SIGCONT);
}

void child_kill(struct child *c)
{
	if (c->pid) {
		kill(c->pid, SIGKILL);
		reap(c);
	}
	close_gate(c);
	if (c->err_fd >= 0)
		close(c->err_fd);
	c->err_fd = -1;
}

const char *status_text(int status, char *buf, size_t len)
{
	char name[32];

	if (WIFSIGNALED(status))
		snprintf(buf, len, "was killed by %s",
			 signal_name(WTERMSIG(status), name, sizeof(name)));
	else
		snprintf(buf, len, "exited with status %d", WEXITSTATUS(status));
	return buf;
}
