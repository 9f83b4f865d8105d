// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* sigio: a SIGIO says that something has come, and its handler takes one datagram. */
#include <fcntl.h>
#include <signal.h>

#include "article.h"

static int fd;

static void on_io(int sig)
{
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	char buf[BUFFER];

	(void)sig;
	if (recvfrom(fd, buf, sizeof(buf), MSG_WAITALL, (void *)&peer, &len) > 0)
		sendto(fd, GREETING, LENGTH, 0, (void *)&peer, len);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_io};

	fd = open_server(argc, argv, SOCK_DGRAM);
	sigfillset(&action.sa_mask);
	sigaction(SIGIO, &action, NULL);
	fcntl(fd, F_SETOWN, getpid());
	fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK);
	for (;;)
		pause();
}
