// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* An echo server with epoll. One thread serves all clients; the other threads are up to you. */
#include <arpa/inet.h>
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static int ep, listener;

static void listen_on(int port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
	int on = 1;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(listener, (struct sockaddr *)&sa, sizeof(sa)) || listen(listener, SOMAXCONN))
		err(1, "cannot listen on port %d", port);
}

static void arm(int op, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(ep, op, fd, &ev))
		err(1, "cannot watch descriptor %d", fd);
}

static void accept_client(void)
{
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0)
		arm(EPOLL_CTL_ADD, fd);
}

/* Returns false if the connection has ended. */
static int echo(int fd)
{
	char buf[4096];
	ssize_t n = read(fd, buf, sizeof(buf)), sent;

	if (n <= 0)
		return 0;
	for (char *at = buf; n > 0; at += sent, n -= sent) {
		sent = write(fd, at, n);
		if (sent < 0)
			return 0;
	}
	return 1;
}

static void serve_client(int fd)
{
	if (!echo(fd))
		close(fd);
}

static void serve(void)
{
	struct epoll_event ev;

	for (;;) {
		if (epoll_wait(ep, &ev, 1, -1) != 1)
			continue;
		if (ev.data.fd == listener)
			accept_client();
		else
			serve_client(ev.data.fd);
	}
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	ep = epoll_create1(0);
	listen_on(argc > 1 ? atoi(argv[1]) : 0);
	arm(EPOLL_CTL_ADD, listener);
	/*
	 * Your part: let four threads wait in this epoll instance (pthread_create), so that no two
	 * of them ever serve the same descriptor at the same time. With EPOLLONESHOT, a report
	 * disarms its descriptor. The thread that got the report re-arms the descriptor with
	 * EPOLL_CTL_MOD after it has read the data. This includes the listening socket.
	 */
	serve();
}
