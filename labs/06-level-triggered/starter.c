// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* An echo server for all clients together, with epoll. It listens; the rest is up to you. */
#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

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

int main(int argc, char **argv)
{
	int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0), ep = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};

	if (epoll_ctl(ep, EPOLL_CTL_ADD, listener, &event))
		err(1, "epoll_ctl");
	for (;;) {
		/*
		 * Your part: register each client level-triggered, and send back what it sends.
		 * Sleep only in epoll_wait: make accepted sockets non-blocking (O_NONBLOCK), and
		 * keep the bytes that a write does not accept until epoll_wait reports EPOLLOUT.
		 * Ask for EPOLLOUT only while you keep such bytes. Close a connection when its
		 * client has closed it.
		 */
		if (epoll_wait(ep, &event, 1, -1) != 1)
			continue;
		close(accept(listener, NULL, NULL));
	}
}
