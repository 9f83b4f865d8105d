// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Wrong: a socket is armed again before it was read, so that a second thread is told of the same
 * message. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define THREADS 4

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
	struct epoll_event ev = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = fd};

	if (epoll_ctl(ep, op, fd, &ev))
		err(1, "cannot watch descriptor %d", fd);
}

static void accept_client(void)
{
	int fd = accept(listener, NULL, NULL);

	arm(EPOLL_CTL_MOD, listener);
	if (fd < 0)
		return;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	arm(EPOLL_CTL_ADD, fd);
}

/* False: the connection is over. */
static int echo(int fd)
{
	char buf[4096];
	ssize_t n = read(fd, buf, sizeof(buf)), sent;

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	for (char *at = buf; n > 0; at += sent, n -= sent) {
		sent = write(fd, at, n);
		if (sent < 0)
			return 0;
	}
	return 1;
}

static void serve_client(int fd)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = fd};

	epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
	if (!echo(fd))
		close(fd);
}

static void *serve(void *arg)
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
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	signal(SIGPIPE, SIG_IGN);
	ep = epoll_create1(0);
	listen_on(argc > 1 ? atoi(argv[1]) : 0);
	arm(EPOLL_CTL_ADD, listener);
	for (int i = 1; i < THREADS; i++)
		if (pthread_create(&thread, NULL, serve, NULL))
			errx(1, "cannot start thread %d", i);
	serve(NULL);
}
