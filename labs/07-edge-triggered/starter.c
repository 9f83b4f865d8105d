// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* An edge-triggered echo server. It listens and waits for clients; the rest is up to you. */
#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

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

int main(int argc, char **argv)
{
	int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0), ep = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};

	if (epoll_ctl(ep, EPOLL_CTL_ADD, listener, &event))
		err(1, "epoll_ctl");
	for (;;) {
		/*
		 * Your part: register the listening socket and each client with EPOLLET, and make
		 * all of them non-blocking (O_NONBLOCK). After each report, accept until EAGAIN, or
		 * read and send back until EAGAIN. Keep the bytes that a write does not accept,
		 * send them when epoll_wait reports EPOLLOUT, and only then continue to read. Close
		 * a connection that has ended or failed. A write to a client that has left raises
		 * SIGPIPE: ignore it.
		 */
		if (epoll_wait(ep, &event, 1, -1) == 1)
			close(accept(listener, NULL, NULL));
	}
}
