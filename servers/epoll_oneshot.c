// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * epoll-oneshot: several threads wait in one epoll. EPOLLONESHOT disarms a socket with its first
 * report, so that no two threads ever serve one socket at the same time, without any lock; whoever
 * got the report re-arms it with EPOLL_CTL_MOD when done. Forgotten, the socket stays silent.
 *
 * A thread takes one report at a time: those that it took besides would be sockets that only it can
 * serve, after the first one, while the other threads sleep.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "accept.h"
#include "common.h"
#include "epoll.h"
#include "stopping.h"
#include "tasks.h"

#define READABLE (EPOLLIN | EPOLLRDHUP | EPOLLONESHOT)
#define WRITABLE (EPOLLOUT | EPOLLONESHOT)

static int ep;

static void serve_client(struct conn *c)
{
	enum conn_step step = conn_step(c);

	if (step == CONN_OVER)
		conn_close(c);
	else if (!(c->server->opt.faults & FAULT_ONESHOT_NO_REARM))
		epoll_arm(ep, c, step == CONN_FULL ? WRITABLE : READABLE);
}

static void rearm_listener(struct server *s)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLONESHOT, .data.ptr = NULL};

	epoll_ctl(ep, EPOLL_CTL_MOD, s->fd, &ev);
}

static void accept_client(struct server *s)
{
	struct conn *c;

	conn_accept(s, SOCK_NONBLOCK, &c);
	rearm_listener(s); /* the next thread may accept the next client from here on */
	if (c)
		epoll_arm(ep, c, READABLE);
}

static void *serve_events(void *arg)
{
	struct epoll_event report;
	struct server *s = arg;

	while (!stopping) {
		int n = epoll_wait(ep, &report, 1, -1); /* the next one is the next thread's */

		if (!waited(s, n))
			break;
		if (n > 0 && report.data.ptr)
			serve_client(report.data.ptr);
		else if (n > 0)
			accept_client(s);
	}
	rearm_listener(s); /* shut down, it is ready: its report wakes the next thread to leave */
	return NULL;
}

int serve_epoll_oneshot(struct server *s)
{
	pthread_t *threads = calloc(s->opt.threads, sizeof(*threads));
	unsigned n = 1; /* this one */
	char why[TASKS_REFUSED_LEN];
	int error = 0;

	ep = threads ? epoll_open(s, EPOLLIN | EPOLLONESHOT) : -1;
	if (ep < 0) {
		free(threads);
		return -1;
	}
	while (n < s->opt.threads && !(error = pthread_create(&threads[n], NULL, serve_events, s)))
		n++;
	if (n < s->opt.threads) {
		warnx("%s: cannot start thread %u of %u: pthread_create fails with %s",
		      s->model->name, n + 1, s->opt.threads,
		      tasks_refused(error, why, sizeof(why)));
		raise(SIGTERM);
	}
	serve_events(s);
	for (unsigned i = 1; i < n; i++)
		pthread_join(threads[i], NULL);
	conns_close();
	close(ep);
	free(threads);
	return n == s->opt.threads ? 0 : -1;
}
