// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Wrong: right in all that it does, but it waits in select. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a client has sent and not got back yet: data[start] to data[end - 1]. */
struct client {
	size_t start, end;
	char data[4096];
};

static struct client *clients[FD_SETSIZE]; /* by their descriptors */

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
	fcntl(fd, F_SETFL, O_NONBLOCK);
	clients[fd] = calloc(1, sizeof(*clients[fd]));
	if (!clients[fd])
		err(1, "a client");
}

static void drop(int fd)
{
	close(fd);
	free(clients[fd]);
	clients[fd] = NULL;
}

/* A read, or what can be written of what was read. False: the connection is over. */
static bool serve(int fd, struct client *c)
{
	ssize_t n;

	if (c->start == c->end) {
		n = read(fd, c->data, sizeof(c->data));
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		c->start = 0;
		c->end = n;
	}
	n = write(fd, c->data + c->start, c->end - c->start);
	if (n < 0)
		return errno == EAGAIN;
	c->start += n;
	return true;
}

/* Whom to wait for: select leaves only those that are ready. Gives the highest descriptor. */
static int fill(int listener, fd_set *in, fd_set *out)
{
	int highest = listener;

	FD_ZERO(in);
	FD_ZERO(out);
	FD_SET(listener, in);
	for (int fd = 0; fd < FD_SETSIZE; fd++) {
		if (!clients[fd])
			continue;
		FD_SET(fd, clients[fd]->start < clients[fd]->end ? out : in);
		if (fd > highest)
			highest = fd;
	}
	return highest;
}

int main(int argc, char **argv)
{
	int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0);
	fd_set in, out;

	signal(SIGPIPE, SIG_IGN); /* a write to a client that is gone is then an error, no end */
	for (;;) {
		int highest = fill(listener, &in, &out);

		if (select(highest + 1, &in, &out, NULL, NULL) < 0)
			continue;
		for (int fd = 0; fd <= highest; fd++)
			if (clients[fd] && (FD_ISSET(fd, &in) || FD_ISSET(fd, &out)))
				if (!serve(fd, clients[fd]))
					drop(fd);
		if (FD_ISSET(listener, &in))
			accept_client(listener);
	}
}
