// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Wrong: reads from one client until it hangs up, while all others wait. */
#include <arpa/inet.h>
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static bool clients[FD_SETSIZE]; /* by their descriptors */

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

static void accept_client(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return;
	if (fd >= FD_SETSIZE) {
		close(fd); /* a set has no bit for it */
		return;
	}
	clients[fd] = true;
}

static void drop(int fd)
{
	close(fd);
	clients[fd] = false;
}

/* All that the client sends, until it hangs up. */
static void serve(int fd)
{
	char data[4096];
	ssize_t n;

	while ((n = read(fd, data, sizeof(data))) > 0)
		if (write(fd, data, n) != n)
			break;
}

/* Whom to wait for: select leaves only those that are ready. Gives the highest descriptor. */
static int fill(int listener, fd_set *in)
{
	int highest = listener;

	FD_ZERO(in);
	FD_SET(listener, in);
	for (int fd = 0; fd < FD_SETSIZE; fd++) {
		if (!clients[fd])
			continue;
		FD_SET(fd, in);
		if (fd > highest)
			highest = fd;
	}
	return highest;
}

int main(int argc, char **argv)
{
	int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0);
	fd_set in;

	signal(SIGPIPE, SIG_IGN); /* a write to a client that is gone is then an error, no end */
	for (;;) {
		int highest = fill(listener, &in);

		if (select(highest + 1, &in, NULL, NULL, NULL) < 0)
			continue;
		for (int fd = 0; fd <= highest; fd++)
			if (clients[fd] && FD_ISSET(fd, &in)) {
				serve(fd);
				drop(fd);
			}
		if (FD_ISSET(listener, &in))
			accept_client(listener);
	}
}
