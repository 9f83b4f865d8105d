// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Lesson 08: an edge-triggered echo server whose clients wait forever.
 *
 *   cc -O0 -g -Wall -Wextra -pthread -o server starter.c
 *   sudo wakelab lab check 08 -- ./server {port}
 *
 * Your part: use the tracer to find out why, and fix the server. Run these commands in three
 * terminals, or in one terminal with &:
 *
 *   sudo wakelab trace -- ./server 7000
 *   wakelab load --port 7000 --conns 1 --messages 1 --size 64 --timeout 5
 *   wakelab load --port 7000 --conns 1 --messages 1 --size 5000 --timeout 5
 *
 * The server must stay edge-triggered and must not make unnecessary system calls.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct client {
	int fd;
	size_t start, end; /* the bytes that are read and not yet written back */
	char buf[512];
};

static int listen_on(int port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || listen(fd, SOMAXCONN))
		err(1, "cannot listen on port %d", port);
	return fd;
}

static void watch(int ep, int fd, void *data)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = data};

	if (fcntl(fd, F_SETFL, O_NONBLOCK) || epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev))
		err(1, "cannot watch descriptor %d", fd);
}

static void accept_clients(int ep, int listener)
{
	struct client *c;
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		c = calloc(1, sizeof(*c));
		if (!c)
			err(1, "no memory for a client");
		c->fd = fd;
		watch(ep, fd, c);
	}
	if (errno != EAGAIN)
		err(1, "accept");
}

/* Reads and writes back what was read. Returns false if the connection has ended. */
static int serve(struct client *c)
{
	ssize_t n;

	if (c->start == c->end) {
		n = read(c->fd, c->buf, sizeof(c->buf));
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		c->start = 0;
		c->end = n;
	}
	while (c->start < c->end) {
		n = write(c->fd, c->buf + c->start, c->end - c->start);
		if (n < 0)
			return errno == EAGAIN;
		c->start += n;
	}
	return 1;
}

int main(int argc, char **argv)
{
	int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0), ep = epoll_create1(0);
	struct epoll_event events[64];

	signal(SIGPIPE, SIG_IGN);
	watch(ep, listener, NULL);
	for (;;) {
		int n = epoll_wait(ep, events, 64, -1);

		for (int i = 0; i < n; i++) {
			struct client *c = events[i].data.ptr;

			if (!c) {
				accept_clients(ep, listener);
			} else if (!serve(c)) {
				close(c->fd);
				free(c);
			}
		}
	}
}
