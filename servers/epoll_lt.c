// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * epoll-lt: level-triggered. epoll_wait() reports a socket for as long as it is ready.
 *
 * So one read a report is enough: what is left is reported again. But an empty output buffer is
 * ready too: EPOLLOUT may be registered only while output is pending, else no wait ever sleeps.
 *
 * EPOLLPRI tells of an urgent byte, in time to take it before what comes behind it is read. (Reads
 * until EAGAIN, as edge-triggered needs them, run past the next one before it is told of.)
 */
#include <sys/epoll.h>
#include <unistd.h>

#include "accept.h"
#include "common.h"
#include "epoll.h"
#include "stopping.h"

#define READABLE (EPOLLIN | EPOLLPRI | EPOLLRDHUP)
#define WRITABLE EPOLLOUT

static void serve_client(int ep, struct conn *c, uint32_t events)
{
	bool always_out = c->server->opt.faults & FAULT_LT_ALWAYS_OUT;
	enum conn_step step;

	if (events == WRITABLE && !conn_pending(c))
		return; /* comes with the fault only: there is nothing to write */
	if (events & EPOLLPRI)
		conn_take_urgent(c);
	step = conn_step(c);
	if (step == CONN_OVER)
		conn_close(c);
	else if (!always_out)
		epoll_want(ep, c, step == CONN_FULL ? WRITABLE : READABLE);
}

static bool accept_client(int ep, struct server *s)
{
	bool always_out = s->opt.faults & FAULT_LT_ALWAYS_OUT;
	struct conn *c;

	if (!conn_accept(s, SOCK_NONBLOCK, &c))
		return false;
	if (c)
		epoll_want(ep, c, always_out ? READABLE | WRITABLE : READABLE);
	return true;
}

int serve_epoll_lt(struct server *s)
{
	struct epoll_event events[EVENTS_MAX];
	int ep = epoll_open(s, EPOLLIN);

	if (ep < 0)
		return -1;
	while (!stopping) {
		int n = epoll_wait(ep, events, EVENTS_MAX, -1);

		if (!waited(s, n))
			break;
		for (int i = 0; i < n; i++)
			if (events[i].data.ptr)
				serve_client(ep, events[i].data.ptr, events[i].events);
			else
				accept_client(ep, s);
	}
	conns_close();
	close(ep);
	return stopping ? 0 : -1;
}
