// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Wrong: what a write does not take is lost. */
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

static struct pollfd fds[MAX_FDS]; /* the first is the listener */
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
	fds[n_fds++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

/* The last one takes its place. */
static void drop(nfds_t i)
{
	close(fds[i].fd);
	n_fds--;
	fds[i] = fds[n_fds];
}

/* False: the connection is over. */
static bool serve(int fd)
{
	char data[4096];
	ssize_t n = read(fd, data, sizeof(data));

	if (n > 0)
		write(fd, data, n);
	return n > 0 || (n < 0 && errno == EAGAIN);
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
		for (nfds_t i = n_fds - 1; i > 0; i--)
			if (fds[i].revents && !serve(fds[i].fd))
				drop(i);
		if (fds[0].revents)
			accept_client(listener);
	}
}
