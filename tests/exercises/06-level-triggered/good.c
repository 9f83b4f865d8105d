// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* One thread for all clients: epoll tells who has sent something or has room again. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_EVENTS 64

/* What a client has sent and not got back yet: data[start] to data[end - 1]. */
struct client {
	int fd;
	unsigned events; /* that it is registered with */
	size_t start, end;
	char data[4096];
};

static int ep;

static int listen_on(int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_port = htons(port),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, SOMAXCONN))
		err(1, "cannot listen on port %d", port);
	return fd;
}

static void watch(struct client *c, int op, unsigned events)
{
	struct epoll_event event = {.events = events, .data.ptr = c};

	c->events = events;
	if (epoll_ctl(ep, op, c->fd, &event))
		err(1, "epoll_ctl");
}

static void accept_client(int listener)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		err(1, "a client");
	c->fd = accept(listener, NULL, NULL);
	if (c->fd < 0) {
		free(c);
		return;
	}
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

static void drop(struct client *c)
{
	close(c->fd);
	free(c);
}

/* A read, or what can be written of what was read. False: the connection is over. */
static bool serve(struct client *c)
{
	ssize_t n;

	if (c->start == c->end) {
		n = read(c->fd, c->data, sizeof(c->data));
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		c->start = 0;
		c->end = n;
	}
	n = write(c->fd, c->data + c->start, c->end - c->start);
	if (n < 0)
		return errno == EAGAIN;
	c->start += n;
	return true;
}

/* Room to write is of interest only while there is something to write. */
static void on_event(struct client *c)
{
	unsigned events;

	if (!serve(c)) {
		drop(c);
		return;
	}
	events = c->start < c->end ? EPOLLOUT : EPOLLIN;
	if (events != c->events)
		watch(c, EPOLL_CTL_MOD, events);
}

int main(int argc, char **argv)
{
	struct client listener = {.fd = listen_on(argc > 1 ? atoi(argv[1]) : 0)};
	struct epoll_event events[MAX_EVENTS];

	signal(SIGPIPE, SIG_IGN); /* a write to a client that is gone is then an error, no end */
	ep = epoll_create1(0);
	watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
	for (;;) {
		int n = epoll_wait(ep, events, MAX_EVENTS, -1);

		for (int i = 0; i < n; i++)
			if (events[i].data.ptr == &listener)
				accept_client(listener.fd);
			else
				on_event(events[i].data.ptr);
	}
}
