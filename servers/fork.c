// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * fork: a process a client. Each one sleeps inside read() for its own client, and the parent inside
 * accept() for the next.
 *
 * A child that has ended stays in the process table until it is waited for: SIGCHLD tells when.
 * The parent keeps a list of its children, because at the end it has to stop them all, and changes
 * it only while SIGCHLD is blocked: the handler changes it too.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accept.h"
#include "common.h"
#include "stop.h"
#include "tasks.h"

static pid_t *children;
static size_t n_children, max_children;

static void reap(int sig)
{
	int err = errno;
	pid_t pid;

	(void)sig;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < n_children; i++)
			if (children[i] == pid)
				children[i] = children[--n_children];
	errno = err;
}

static bool room_for_child(void)
{
	size_t max = max_children ? 2 * max_children : 64;
	pid_t *more = n_children < max_children ? children : realloc(children, max * sizeof(*more));

	if (more && n_children == max_children)
		max_children = max;
	if (more)
		children = more;
	return more;
}

static void serve_client(struct server *s, struct conn *c, pid_t parent, const sigset_t *signals)
{
	die_with_parent(parent);
	listening_fd = -1; /* the parent's alone to shut down */
	serving_fd = c->fd;
	close(s->fd);
	sigprocmask(SIG_UNBLOCK, signals, NULL);
	while (!stopping && conn_step(c) == CONN_MORE)
		;
	serving_fd = -1;
	conn_close(c);
	_exit(0);
}

static void refuse(struct conn *c, int error)
{
	char why[TASKS_REFUSED_LEN];

	say_refused("fork: the connection of a client is closed: fork fails with %s",
		    tasks_refused(error, why, sizeof(why)));
	conn_refuse(c);
}

static void fork_for(struct server *s, struct conn *c, pid_t parent, const sigset_t *signals)
{
	pid_t pid = -1;
	int error;

	sigprocmask(SIG_BLOCK, signals, NULL);
	if (room_for_child())
		pid = fork();
	error = errno;
	if (pid == 0)
		serve_client(s, c, parent, signals);
	if (pid > 0)
		children[n_children++] = pid;
	sigprocmask(SIG_UNBLOCK, signals, NULL);
	if (pid > 0)
		conn_forget(c);
	else
		refuse(c, error);
}

int serve_fork(struct server *s)
{
	struct sigaction on_child = {.sa_handler = reap, .sa_flags = SA_NOCLDSTOP};
	pid_t self = getpid();
	struct conn *c;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaction(SIGCHLD, &on_child, NULL);
	while (!stopping)
		if (conn_accept(s, 0, &c) && c)
			fork_for(s, c, self, &signals);

	sigprocmask(SIG_BLOCK, &signals, NULL); /* a child that ends now keeps its process id */
	for (size_t i = 0; i < n_children; i++)
		kill(children[i], SIGTERM);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	free(children);
	return 0;
}
