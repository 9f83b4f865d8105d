// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A level-triggered echo server. It serves clients that read immediately; late readers are yours.
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
	char buf[16384];
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

static void watch(int ep, int fd, struct client *c)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};

	if (fcntl(fd, F_SETFL, O_NONBLOCK) || epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev))
		err(1, "cannot watch descriptor %d", fd);
}

static void accept_client(int ep, int listener)
{
	int fd = accept(listener, NULL, NULL);
	struct client *c;

	if (fd < 0)
		return;
	c = calloc(1, sizeof(*c));
	if (!c)
		err(1, "no memory for a client");
	c->fd = fd;
	watch(ep, fd, c);
}

/* Returns false if the connection has ended. */
static int serve(struct client *c)
{
	ssize_t n = read(c->fd, c->buf, sizeof(c->buf));

	/*
	 * Your part: while a client does not read, a write may accept only a part, or nothing
	 * (EAGAIN). Keep the remaining bytes. Ask for EPOLLOUT (EPOLL_CTL_MOD) only while you keep
	 * bytes, write them when it is reported, and continue to read when everything is written.
	 */
	if (n > 0)
		n = write(c->fd, c->buf, n);
	return n > 0 || (n < 0 && errno == EAGAIN);
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
				accept_client(ep, listener);
			} else if (!serve(c)) {
				close(c->fd);
				free(c);
			}
		}
	}
}
