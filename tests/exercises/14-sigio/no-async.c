// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Wrong: no signal is asked for, the server sleeps in recvfrom. */
#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>

static int bind_to(int port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		err(1, "cannot bind to port %d", port);
	return fd;
}

/* False: there is no datagram. */
static int echo(int fd)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char buf[2048];
	ssize_t n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);

	if (n < 0)
		return 0;
	if (sendto(fd, buf, n, 0, (struct sockaddr *)&from, len) < 0)
		warn("an answer was not sent");
	return 1;
}

int main(int argc, char **argv)
{
	int fd = bind_to(argc > 1 ? atoi(argv[1]) : 0);

	for (;;) {
		echo(fd);
	}
}
