// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* poll: the same with an array, whose entries of -1 are free. */
#include <poll.h>

#include "article.h"

#define CLIENTS 1024

static struct pollfd fds[CLIENTS];

static void add(int fd)
{
	int i = 0;

	while (i < CLIENTS - 1 && fds[i].fd >= 0)
		i++;
	fds[i] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void serve(struct pollfd *client)
{
	char buf[BUFFER];

	if (read(client->fd, buf, sizeof(buf)) > 0) {
		greet(client->fd);
		return;
	}
	close(client->fd);
	client->fd = -1;
}

int main(int argc, char **argv)
{
	int listener = open_server(argc, argv, SOCK_STREAM);

	for (int i = 0; i < CLIENTS; i++)
		fds[i].fd = -1;
	add(listener);
	for (;;) {
		if (poll(fds, CLIENTS, TIMEOUT) <= 0)
			continue;
		for (int i = 1; i < CLIENTS; i++)
			if (fds[i].fd >= 0 && fds[i].revents)
				serve(&fds[i]);
		if (fds[0].revents)
			add(accept_client(listener));
	}
}
