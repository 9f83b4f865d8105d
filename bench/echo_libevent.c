// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * An echo server on libevent, to measure ours against: events of its loop, and one read and one
 * write for each. Not its bufferevents, whose queues and EPOLLOUTs an echo does not need.
 */
#include <err.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
	struct event *readable, *writable;
	size_t start, end; /* of data: read, and not written yet */
	char data[4096];
};

static void client_free(struct client *c)
{
	evutil_socket_t fd = event_get_fd(c->readable);

	event_free(c->readable);
	event_free(c->writable);
	close(fd);
	free(c);
}

/* Writes what is pending. While the socket takes no more, nothing is read. */
static void write_pending(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;
	ssize_t n = write(fd, c->data + c->start, c->end - c->start);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		client_free(c);
		return;
	}
	c->start += n > 0 ? n : 0;
	if (c->start < c->end) {
		event_del(c->readable);
		event_add(c->writable, NULL);
	} else if (what & EV_WRITE) {
		event_add(c->readable, NULL);
	}
}

static void read_some(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;
	ssize_t n = read(fd, c->data, sizeof(c->data));

	if (n > 0) {
		c->start = 0;
		c->end = n;
		write_pending(fd, what, c);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		client_free(c);
	}
}

static void accepted(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
		     int len, void *arg)
{
	struct client *c = malloc(sizeof(*c));
	int on = 1;

	(void)address;
	(void)len;
	(void)arg;
	if (!c)
		err(1, "cannot take a client");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->readable = event_new(evconnlistener_get_base(listener), fd, EV_READ | EV_PERSIST,
				read_some, c);
	c->writable = event_new(evconnlistener_get_base(listener), fd, EV_WRITE, write_pending, c);
	event_add(c->readable, NULL);
}

static void end(evutil_socket_t sig, short what, void *base)
{
	(void)sig;
	(void)what;
	event_base_loopbreak(base);
}

int main(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct event_base *base = event_base_new();
	socklen_t len = sizeof(address);
	struct evconnlistener *listener =
		evconnlistener_new_bind(base, accepted, NULL, LEV_OPT_CLOSE_ON_FREE, -1,
					(struct sockaddr *)&address, sizeof(address));

	if (!listener)
		err(1, "cannot listen on 127.0.0.1");
	signal(SIGPIPE, SIG_IGN);
	event_add(evsignal_new(base, SIGTERM, end, base), NULL);
	getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&address, &len);
	printf("libevent: listening on 127.0.0.1:%d (TCP)\n", ntohs(address.sin_port));
	fflush(stdout);
	event_base_dispatch(base);
	evconnlistener_free(listener);
	return 0;
}
