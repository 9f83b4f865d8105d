// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* An echo server with a process for each client. It listens and accepts; the rest is up to you. */
#include <arpa/inet.h>
#include <err.h>
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

	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client < 0)
			continue;
		/*
		 * Your part: start a process that sends back what this client sends, until the
		 * client closes the connection, and then exits. Meanwhile accept the next client.
		 * In both processes, close the descriptors that are not needed, and wait for each
		 * child that has exited.
		 */
		close(client);
	}
}
