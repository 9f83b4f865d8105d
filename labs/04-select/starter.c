// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* An echo server for all clients together, with select. It listens; the rest is up to you. */
#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <sys/select.h>
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
	fd_set in;

	for (;;) {
		/*
		 * Your part: wait for the listening socket and for all clients together, and send
		 * back what the clients send. Sleep only in select: make accepted sockets
		 * non-blocking (O_NONBLOCK), and keep the bytes that a write does not accept until
		 * select reports that there is room. Close a connection when its client has closed
		 * it.
		 */
		FD_ZERO(&in);
		FD_SET(listener, &in);
		if (select(listener + 1, &in, NULL, NULL, NULL) < 0)
			continue;
		close(accept(listener, NULL, NULL));
	}
}
