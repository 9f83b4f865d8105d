// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * epoll-et: edge-triggered. epoll_wait() reports a socket once each time something new arrives.
 *
 * So every report has to be used up: read until EAGAIN, accept until EAGAIN. What is left behind is
 * not reported again before more arrives, and that may be never.
 */
#include <sys/epoll.h>
#include <unistd.h>

#include "accept.h"
#include "common.h"
#include "epoll.h"
#include "stopping.h"

#define READABLE (EPOLLIN | EPOLLRDHUP | EPOLLET)
#define WRITABLE (EPOLLOUT | EPOLLET)
#define TURN     1024 /* reads in a row, so that a client that never pauses lets the others in */

static void serve_client(int ep, struct conn *c)
{
	bool drain = !(c->server->opt.faults & FAULT_ET_NO_DRAIN);
	enum conn_step step;
	int left = TURN;

	do
		step = conn_step(c);
	while (step == CONN_MORE && drain && --left);
	if (step == CONN_OVER)
		conn_close(c);
	else if (!left)
		epoll_arm(ep, c, READABLE); /* EPOLL_CTL_MOD has it reported again if ready */
	else
		epoll_want(ep, c, step == CONN_FULL ? WRITABLE : READABLE);
}

static bool accept_client(int ep, struct server *s)
{
	struct conn *c;

	if (!conn_accept(s, SOCK_NONBLOCK, &c))
		return false;
	if (c)
		epoll_want(ep, c, READABLE);
	return true;
}

int serve_epoll_et(struct server *s)
{
	bool accept_all = !(s->opt.faults & FAULT_ET_ACCEPT_ONCE);
	struct epoll_event events[EVENTS_MAX];
	int ep = epoll_open(s, EPOLLIN | EPOLLET);

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
				while (accept_client(ep, s) && accept_all)
					;
	}
	conns_close();
	close(ep);
	return stopping ? 0 : -1;
}
