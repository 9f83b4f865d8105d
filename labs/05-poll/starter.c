// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* An echo server for all clients at once, with poll. It listens; the rest is up to you. */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdlib.h>
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
	int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0);
	struct pollfd fds[1] = {{.fd = listener, .events = POLLIN}};

	for (;;) {
		/*
		 * Your part: wait for the listener and for all clients at once, and send back what
		 * they send. Nothing but poll may sleep: accepted sockets are to be non-blocking
		 * (O_NONBLOCK), and what a write does not take is kept until poll tells that there
		 * is room. Close what a client has hung up, and take it out of the array.
		 */
		if (poll(fds, 1, -1) < 0)
			continue;
		close(accept(listener, NULL, NULL));
	}
}
