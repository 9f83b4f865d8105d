// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Wrong: right in all that it does, but it waits in poll. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FDS 1024

/* What a client has sent and not got back yet: data[start] to data[end - 1]. */
struct client {
	size_t start, end;
	char data[4096];
};

static struct pollfd fds[MAX_FDS]; /* the first is the listener */
static struct client *clients[MAX_FDS];
static nfds_t n_fds;

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
	if (n_fds == MAX_FDS) {
		close(fd);
		return;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	clients[n_fds] = calloc(1, sizeof(*clients[n_fds]));
	if (!clients[n_fds])
		err(1, "a client");
	fds[n_fds++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

/* The last one takes its place. */
static void drop(nfds_t i)
{
	close(fds[i].fd);
	free(clients[i]);
	n_fds--;
	fds[i] = fds[n_fds];
	clients[i] = clients[n_fds];
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

int main(int argc, char **argv)
{
	int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0);

	signal(SIGPIPE, SIG_IGN); /* a write to a client that is gone is then an error, no end */
	fds[n_fds++] = (struct pollfd){.fd = listener, .events = POLLIN};
	for (;;) {
		if (poll(fds, n_fds, -1) < 0)
			continue;
		/* From the last to the first: who takes the place of another has been served. */
		for (nfds_t i = n_fds - 1; i > 0; i--) {
			if (!fds[i].revents)
				continue;
			if (serve(fds[i].fd, clients[i]))
				fds[i].events =
					clients[i]->start < clients[i]->end ? POLLOUT : POLLIN;
			else
				drop(i);
		}
		if (fds[0].revents)
			accept_client(listener);
	}
}
