// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* epoll: edge-triggered, with one accept or one read for each report. */
#include <fcntl.h>
#include <sys/epoll.h>

#include "article.h"

#define EVENTS 20

static int ep;

static void watch(int op, int fd, unsigned events)
{
	struct epoll_event event = {.events = events | EPOLLET, .data.fd = fd};

	if (epoll_ctl(ep, op, fd, &event))
		fail("epoll_ctl");
}

static void add(int client)
{
	fcntl(client, F_SETFL, O_NONBLOCK);
	watch(EPOLL_CTL_ADD, client, EPOLLIN);
}

static void serve(int client, unsigned events)
{
	char buf[BUFFER];

	if (events & EPOLLOUT) {
		greet(client);
		watch(EPOLL_CTL_MOD, client, EPOLLIN);
	} else if (read(client, buf, sizeof(buf)) > 0) {
		watch(EPOLL_CTL_MOD, client, EPOLLOUT);
	} else {
		close(client);
	}
}

int main(int argc, char **argv)
{
	int listener = open_server(argc, argv, SOCK_STREAM);
	struct epoll_event events[EVENTS];

	ep = epoll_create(EVENTS);
	watch(EPOLL_CTL_ADD, listener, EPOLLIN);
	for (;;) {
		int n = epoll_wait(ep, events, EVENTS, TIMEOUT);

		for (int i = 0; i < n; i++)
			if (events[i].data.fd == listener)
				add(accept_client(listener));
			else
				serve(events[i].data.fd, events[i].events);
	}
}
