// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * epoll-exclusive: several processes wait for clients of one listening socket, each in an epoll of
 * its own. Without EPOLLEXCLUSIVE every client wakes all of them, and all but one find that they
 * came for nothing: the thundering herd. With it the kernel wakes one (or few).
 *
 * A woken process accepts one client, so that the others get their share of a crowd.
 */
#include <err.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accept.h"
#include "common.h"
#include "epoll.h"
#include "stopping.h"
#include "tasks.h"

#define READABLE (EPOLLIN | EPOLLRDHUP)
#define WRITABLE EPOLLOUT

static void serve_client(int ep, struct conn *c)
{
	enum conn_step step = conn_step(c);

	if (step == CONN_OVER)
		conn_close(c);
	else
		epoll_want(ep, c, step == CONN_FULL ? WRITABLE : READABLE);
}

static void accept_client(int ep, struct server *s)
{
	struct conn *c;

	if (conn_accept(s, SOCK_NONBLOCK, &c) && c)
		epoll_want(ep, c, READABLE);
}

static int serve_events(struct server *s)
{
	bool herd = s->opt.faults & FAULT_HERD;
	struct epoll_event events[EVENTS_MAX];
	int ep = epoll_open(s, herd ? EPOLLIN : EPOLLIN | EPOLLEXCLUSIVE);

	if (ep < 0)
		return -1;
	while (!stopping) {
		int n = epoll_wait(ep, events, EVENTS_MAX, -1);

		if (!waited(s, n))
			break;
		for (int i = 0; i < n; i++)
			if (events[i].data.ptr)
				serve_client(ep, events[i].data.ptr);
			else
				accept_client(ep, s);
	}
	conns_close();
	return stopping ? 0 : -1;
}

int serve_epoll_exclusive(struct server *s)
{
	pid_t parent = getpid(), pid = 1;
	char why[TASKS_REFUSED_LEN];
	int status, err = 0;

	for (unsigned i = 0; i < s->opt.procs && pid > 0; i++) {
		pid = fork();
		if (pid == 0) {
			die_with_parent(parent);
			_exit(serve_events(s) ? 1 : 0);
		}
	}
	if (pid < 0) {
		warnx("%s: cannot start %u process%s: fork fails with %s", s->model->name,
		      s->opt.procs, s->opt.procs == 1 ? "" : "es",
		      tasks_refused(errno, why, sizeof(why)));
		raise(SIGTERM);
		err = -1;
	}
	/* A stop need not be passed on: the listener that it shuts down is the children's too. */
	while ((pid = wait(&status)) > 0 || errno == EINTR)
		if (pid > 0 && status) {
			warnx("%s: worker process %d ended unexpectedly", s->model->name, pid);
			err = -1;
		}
	return err;
}
