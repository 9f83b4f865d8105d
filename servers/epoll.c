// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "epoll.h"

#include <err.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common.h"

int epoll_open(struct server *s, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = NULL};
	int ep = epoll_create1(EPOLL_CLOEXEC);

	if (ep < 0 || set_nonblocking(s->fd) || epoll_ctl(ep, EPOLL_CTL_ADD, s->fd, &ev)) {
		warn("%s: cannot set up epoll", s->model->name);
		if (ep >= 0)
			close(ep);
		return -1;
	}
	return ep;
}

void epoll_arm(int ep, struct conn *c, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};
	int op = c->state ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	/* Noted first: from the call on, another thread may be serving this connection. */
	c->state = events;
	if (epoll_ctl(ep, op, c->fd, &ev))
		conn_refuse(c);
}

void epoll_want(int ep, struct conn *c, uint32_t events)
{
	if (c->state != events)
		epoll_arm(ep, c, events);
}
