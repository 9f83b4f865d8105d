// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Wrong: SIGIO has no handler, and ends the server, as it does to all that have none. */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <signal.h>
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

static void ask_for_signals(int fd)
{
	if (fcntl(fd, F_SETOWN, getpid()) || fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK))
		err(1, "cannot ask for SIGIO");
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
	sigset_t io, asleep;

	/* SIGIO gets through in sigsuspend() only; one that came before ends the next sleep. */
	sigemptyset(&io);
	sigaddset(&io, SIGIO);
	sigprocmask(SIG_BLOCK, &io, &asleep);
	ask_for_signals(fd);
	for (;;) {
		while (echo(fd))
			;
		sigsuspend(&asleep);
	}
}
