// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Waits that come back at once. spins WAIT KIND HOW ROUNDS: a file of that kind, descriptor FD, is
 * waited for by epoll, poll or select in each round; HOW:
 *
 *   untaken  it is ready from the first on, and nothing is taken of it
 *   taken    it becomes ready before each round, and all is taken after the wait
 *   room     there is room to write, and nothing is written
 *   written  there is, and something is
 *   closed   untaken; its descriptor was closed, and a duplicate lives
 *   reused   the same, and another file has the number and is registered, too
 *   replaced the same as closed, by dup2()
 *   child    taken; a child has closed its descriptor
 *   nval     the descriptor is none (poll)
 */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FD = 40, PEER = 41, EPOLL = 42, OTHER = 43 };

static void move(int fd, int to)
{
	if (fd < 0 || dup2(fd, to) < 0 || close(fd))
		err(1, "descriptor");
}

static void open_pair(int pair[2])
{
	move(pair[0], FD);
	move(pair[1], PEER);
}

static void open_unix(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		err(1, "socketpair");
	open_pair(pair);
}

static void open_pipe(void)
{
	int pair[2];

	if (pipe(pair))
		err(1, "pipe");
	open_pair(pair);
}

static int listener(struct sockaddr_in *at)
{
	socklen_t size = sizeof(*at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*at = (struct sockaddr_in){.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (bind(fd, (void *)at, sizeof(*at)) || listen(fd, 8) ||
	    getsockname(fd, (void *)at, &size))
		err(1, "listen");
	return fd;
}

static void open_tcp(void)
{
	struct sockaddr_in at;
	int l = listener(&at);

	move(socket(AF_INET, SOCK_STREAM, 0), PEER);
	if (connect(PEER, (void *)&at, sizeof(at)))
		err(1, "connect");
	move(accept(l, NULL, NULL), FD);
	close(l);
}

static struct sockaddr_in listens;

static void open_listener(void)
{
	move(listener(&listens), FD);
}

static void open_udp(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);

	move(socket(AF_INET, SOCK_DGRAM, 0), FD);
	move(socket(AF_INET, SOCK_DGRAM, 0), PEER);
	if (bind(FD, (void *)&at, sizeof(at)) || getsockname(FD, (void *)&at, &size) ||
	    connect(PEER, (void *)&at, sizeof(at)))
		err(1, "udp");
}

static void open_eventfd(void)
{
	move(eventfd(0, 0), FD);
	move(dup(FD), PEER);
}

static void open_timerfd(void)
{
	move(timerfd_create(CLOCK_MONOTONIC, 0), FD);
}

static void open_signalfd(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	move(signalfd(-1, &set, 0), FD);
}

/* Of an instance in which a pipe is registered. */
static void open_nested(void)
{
	struct epoll_event in = {.events = EPOLLIN};
	int pair[2];

	move(epoll_create1(0), FD);
	if (pipe(pair))
		err(1, "pipe");
	move(pair[0], OTHER);
	move(pair[1], PEER);
	if (epoll_ctl(FD, EPOLL_CTL_ADD, OTHER, &in))
		err(1, "nested");
}

static void put_byte(void)
{
	if (write(PEER, "x", 1) != 1)
		err(1, "write");
}

/* And waits until it has come. */
static void put_arrived(void)
{
	int n = 0;

	put_byte();
	while (!ioctl(FD, FIONREAD, &n) && !n)
		;
}

static void put_eight(void)
{
	const uint64_t one = 1;

	if (write(PEER, &one, sizeof(one)) != sizeof(one))
		err(1, "write");
}

static void come(void)
{
	struct pollfd ready = {.fd = FD, .events = POLLIN};

	while (!ready.revents && poll(&ready, 1, 0) >= 0)
		;
}

static void put_timer(void)
{
	const struct itimerspec at = {.it_value.tv_nsec = 1};

	if (timerfd_settime(FD, 0, &at, NULL))
		err(1, "timerfd_settime");
	come();
}

static void put_signal(void)
{
	kill(getpid(), SIGUSR1);
}

static void put_connection(void)
{
	move(socket(AF_INET, SOCK_STREAM, 0), PEER);
	if (connect(PEER, (void *)&listens, sizeof(listens)))
		err(1, "connect");
	come();
}

static void take(void)
{
	char buf[128];

	if (read(FD, buf, sizeof(buf)) <= 0)
		err(1, "read");
}

static void take_connection(void)
{
	int fd = accept(FD, NULL, NULL);

	if (fd < 0 || close(fd))
		err(1, "accept");
}

static void take_nested(void)
{
	struct epoll_event got;
	char byte;

	if (epoll_wait(FD, &got, 1, 0) != 1 || read(OTHER, &byte, 1) != 1)
		err(1, "nested");
	if (epoll_wait(FD, &got, 1, 0))
		errx(1, "nested: there is more");
}

static const struct kind {
	const char *name;
	void (*open)(void), (*put)(void), (*take)(void);
} kinds[] = {
	{"unix", open_unix, put_byte, take},
	{"pipe", open_pipe, put_byte, take},
	{"tcp", open_tcp, put_arrived, take},
	{"udp", open_udp, put_arrived, take},
	{"listener", open_listener, put_connection, take_connection},
	{"eventfd", open_eventfd, put_eight, take},
	{"timerfd", open_timerfd, put_timer, take},
	{"signalfd", open_signalfd, put_signal, take},
	{"nested", open_nested, put_byte, take_nested},
};

static void add(unsigned events)
{
	struct epoll_event e = {.events = events, .data.fd = FD};

	if (epoll_ctl(EPOLL, EPOLL_CTL_ADD, FD, &e))
		err(1, "epoll_ctl");
}

/* Waits for it, for as long as it takes; gives what it is ready for. */
static int wait_epoll(int events)
{
	struct epoll_event got = {};

	(void)events;
	if (epoll_wait(EPOLL, &got, 1, -1) != 1)
		err(1, "epoll_wait");
	return got.events;
}

static int wait_poll(int events)
{
	struct pollfd fds[] = {{.fd = -1}, {.fd = FD, .events = events}};

	if (poll(fds, 2, -1) != 1)
		err(1, "poll");
	return fds[1].revents;
}

static int wait_select(int events)
{
	fd_set in, out;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(FD, events & POLLIN ? &in : &out);
	if (select(FD + 1, &in, &out, NULL, NULL) != 1)
		err(1, "select");
	return events;
}

static const struct wait {
	const char *name;
	int (*wait)(int events);
} waits[] = {{"epoll", wait_epoll}, {"poll", wait_poll}, {"select", wait_select}};

static void reuse(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		err(1, "socketpair");
	move(pair[0], FD);
	add(EPOLLIN);
}

/* Its number is not its own any more. */
static void lose(const char *how)
{
	if (dup(FD) < 0)
		err(1, "dup");
	if (!strcmp(how, "replaced") ? dup2(STDIN_FILENO, FD) < 0 : close(FD))
		err(1, "close");
	if (!strcmp(how, "reused"))
		reuse();
}

static void close_in_child(void)
{
	int status;

	if (!fork())
		_exit(close(FD));
	if (wait(&status) < 0 || status)
		errx(1, "the child failed");
}

static void run(const struct wait *w, const struct kind *k, const char *how, int rounds)
{
	bool out = !strcmp(how, "room") || !strcmp(how, "written");
	bool taken = !strcmp(how, "taken") || !strcmp(how, "child");

	k->open();
	move(epoll_create1(0), EPOLL);
	add(out ? EPOLLOUT : EPOLLIN);
	if (!strcmp(how, "closed") || !strcmp(how, "replaced") || !strcmp(how, "reused"))
		lose(how);
	if (!strcmp(how, "child"))
		close_in_child();
	if (!strcmp(how, "nval"))
		close(FD);
	else if (!taken && !out)
		k->put();
	for (int i = 0; i < rounds; i++) {
		if (taken)
			k->put();
		if (!w->wait(out ? POLLOUT : POLLIN))
			errx(1, "it is not ready");
		if (taken)
			k->take();
		if (!strcmp(how, "written") && write(FD, "x", 1) != 1)
			err(1, "write");
	}
}

int main(int argc, char **argv)
{
	if (argc != 5)
		errx(2, "spins WAIT KIND HOW ROUNDS");
	for (size_t w = 0; w < sizeof(waits) / sizeof(waits[0]); w++)
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (!strcmp(argv[1], waits[w].name) && !strcmp(argv[2], kinds[k].name)) {
				run(&waits[w], &kinds[k], argv[3], atoi(argv[4]));
				return 0;
			}
	errx(2, "there is no %s of %s", argv[1], argv[2]);
}
