// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A thread sleeps in epoll_wait(), and is woken ROUNDS times; each time it is seen to sleep first.
 * wakes HOW ROUNDS:
 *
 *   waker    by an eventfd that is edge-triggered and never read; it does nothing more
 *   read     by one that is level-triggered and read
 *   some     by one that is edge-triggered and read the first time only
 *   nothing  by a pipe that is edge-triggered; it does nothing
 *   refused  the same, and it reads from an empty socket: EAGAIN
 *   failed   the same, and it reads from no descriptor: EBADF
 *   accept   by a connection, which it accepts
 */
#include <arpa/inet.h>
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sleeps.h"

static const char *how;
static int rounds, epfd, near, far, empty[2];
static atomic_int tid, woken;
static struct sockaddr_in listens;

static bool is(const char *name)
{
	return !strcmp(how, name);
}

static bool has_eventfd(void)
{
	return is("waker") || is("read") || is("some");
}

static void work(int round)
{
	uint64_t value;
	int fd;

	if (is("read") || (is("some") && !round)) {
		if (read(near, &value, sizeof(value)) != sizeof(value))
			err(1, "read");
	} else if (is("refused")) {
		if (recv(empty[0], &value, 1, MSG_DONTWAIT) >= 0)
			errx(1, "there is something");
	} else if (is("failed")) {
		if (read(-1, &value, 1) >= 0)
			errx(1, "there is a descriptor");
	} else if (is("accept")) {
		fd = accept(near, NULL, NULL);
		if (fd < 0)
			err(1, "accept");
		close(fd);
	}
}

static void *loop(void *unused)
{
	struct epoll_event got;

	(void)unused;
	tid = gettid();
	for (int i = 0; i < rounds; i++) {
		if (epoll_wait(epfd, &got, 1, -1) != 1)
			err(1, "epoll_wait");
		work(i);
		woken++;
	}
	return NULL;
}

static void listen_near(void)
{
	socklen_t size = sizeof(listens);

	listens = (struct sockaddr_in){.sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	near = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(near, (void *)&listens, sizeof(listens)) || listen(near, 8) ||
	    getsockname(near, (void *)&listens, &size))
		err(1, "listen");
}

static void begin(void)
{
	struct epoll_event in = {.events =
					 is("read") || is("accept") ? EPOLLIN : EPOLLIN | EPOLLET};
	int pair[2];

	if (has_eventfd()) {
		near = far = eventfd(0, 0);
	} else if (is("accept")) {
		listen_near();
	} else {
		if (pipe(pair) || socketpair(AF_UNIX, SOCK_STREAM, 0, empty))
			err(1, "pipe");
		near = pair[0];
		far = pair[1];
	}
	epfd = epoll_create1(0);
	if (epoll_ctl(epfd, EPOLL_CTL_ADD, near, &in))
		err(1, "epoll_ctl");
}

static void wake(void)
{
	const uint64_t one = 1;

	if (is("accept")) {
		far = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(far, (void *)&listens, sizeof(listens)))
			err(1, "connect");
		close(far);
	} else if (write(far, &one, sizeof(one)) != sizeof(one)) {
		err(1, "write");
	}
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 3)
		errx(2, "wakes HOW ROUNDS");
	how = argv[1];
	rounds = atoi(argv[2]);
	begin();
	if (pthread_create(&thread, NULL, loop, NULL))
		errx(1, "pthread_create");
	for (int i = 0; i < rounds; i++) {
		while (!tid || !sleeps(tid, IN_EPOLL_WAIT))
			;
		wake();
		while (woken != i + 1)
			;
	}
	return pthread_join(thread, NULL);
}
