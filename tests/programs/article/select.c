// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* select: sleeps for all clients at once, though never longer than 500 ms. */
#include <stdbool.h>
#include <sys/select.h>

#include "article.h"

static bool clients[FD_SETSIZE];

static void serve(int fd)
{
	char buf[BUFFER];

	if (read(fd, buf, sizeof(buf)) > 0) {
		greet(fd);
		return;
	}
	close(fd);
	clients[fd] = false;
}

int main(int argc, char **argv)
{
	int listener = open_server(argc, argv, SOCK_STREAM);

	for (;;) {
		struct timeval timeout = {.tv_usec = TIMEOUT * 1000};
		fd_set set;

		FD_ZERO(&set);
		FD_SET(listener, &set);
		for (int fd = 0; fd < FD_SETSIZE; fd++)
			if (clients[fd])
				FD_SET(fd, &set);
		if (select(FD_SETSIZE, &set, NULL, NULL, &timeout) <= 0)
			continue;
		if (FD_ISSET(listener, &set))
			clients[accept_client(listener)] = true;
		for (int fd = 0; fd < FD_SETSIZE; fd++)
			if (clients[fd] && FD_ISSET(fd, &set))
				serve(fd);
	}
}
