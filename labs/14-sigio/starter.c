// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A UDP echo server. It opens a socket and sleeps; what wakes it up is up to you. */
#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <unistd.h>

static int bind_to(int port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		err(1, "cannot bind to port %d", port);
	return fd;
}

int main(int argc, char **argv)
{
	bind_to(argc > 1 ? atoi(argv[1]) : 0);
	/*
	 * Your part: install a handler for SIGIO (sigaction), which need not do anything, and then
	 * ask for SIGIO with fcntl (F_SETOWN; F_SETFL with O_ASYNC and O_NONBLOCK). When a signal
	 * has arrived, send back all datagrams that have arrived (recvfrom, sendto), until EAGAIN.
	 * Block SIGIO (sigprocmask) and sleep in sigsuspend, which unblocks it. With pause, a
	 * signal that arrives just before the call would not end the sleep.
	 */
	for (;;)
		pause();
}
