// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * poll and select: what they look at, and what they find. polls HOW ROUNDS:
 *
 *   poll, ppoll   DESCRIPTORS of them, of which one of each kind is ready
 *   many          as many as stand in MANY, the ready ones at the end
 *   nothing       poll of DESCRIPTORS, none of them ready, with a time-out of 0
 *   refused       poll of more than the process may have, which fails
 *   select, pselect6  of descriptors below BELOW; two sets have one that is ready
 *   high          the same, below 1024, as most programs say
 *   epoll         what is ready, as epoll tells it
 */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DESCRIPTORS = 20, MANY = 1024 + 4, BELOW = 50, NONE = 100000, KINDS = 6 };

static struct pollfd fds[MANY + 1];

static int reader(bool written, bool closed)
{
	int pair[2];

	if (pipe(pair) || (written && write(pair[1], "x", 1) != 1) || (closed && close(pair[1])))
		err(1, "pipe");
	return pair[0];
}

static int writer(bool closed)
{
	int pair[2];

	if (pipe(pair) || (closed && close(pair[0])))
		err(1, "pipe");
	return pair[1];
}

/* A connection to which urgent data has come. */
static int urgent(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	int l = socket(AF_INET, SOCK_STREAM, 0), far = socket(AF_INET, SOCK_STREAM, 0), near;
	struct epoll_event e = {.events = EPOLLPRI};
	int ep = epoll_create1(0);

	if (bind(l, (void *)&at, size) || listen(l, 1) || getsockname(l, (void *)&at, &size) ||
	    connect(far, (void *)&at, size) || (near = accept(l, NULL, NULL)) < 0 ||
	    epoll_ctl(ep, EPOLL_CTL_ADD, near, &e) || send(far, "x", 1, MSG_OOB) != 1 ||
	    epoll_wait(ep, &e, 1, -1) != 1)
		err(1, "urgent data");
	return near;
}

/* Puts one of each kind at the end of n of which no other is ready. */
static void be_ready(int n)
{
	const struct pollfd ready[KINDS] = {
		{.fd = reader(true, false), .events = POLLIN}, {.fd = urgent(), .events = POLLPRI},
		{.fd = writer(false), .events = POLLOUT},      {.fd = writer(true)},
		{.fd = reader(true, true), .events = POLLIN},  {.fd = NONE},
	};

	for (int i = 0; i < n; i++)
		fds[i] = i % 2 || i >= DESCRIPTORS
				 ? (struct pollfd){.fd = -1}
				 : (struct pollfd){.fd = reader(false, false), .events = POLLIN};
	memcpy(fds + n - KINDS, ready, sizeof(ready));
}

static void expect(int got, int wanted)
{
	if (got != wanted)
		errx(1, "%d, not %d", got, wanted);
}

static void poll_them(void)
{
	expect(poll(fds, DESCRIPTORS, -1), KINDS);
}

static void ppoll_them(void)
{
	expect(ppoll(fds, DESCRIPTORS, NULL, NULL), KINDS);
}

static void poll_many(void)
{
	expect(poll(fds, MANY, -1), KINDS);
}

static void poll_nothing(void)
{
	expect(poll(fds, DESCRIPTORS - KINDS, 0), 0);
}

static void poll_refused(void)
{
	expect(poll(fds, MANY + 1, 0), -1);
}

static void set_up(fd_set *in, fd_set *out)
{
	FD_ZERO(in);
	FD_ZERO(out);
	FD_SET(fds[DESCRIPTORS - KINDS].fd, in);
	FD_SET(fds[DESCRIPTORS - KINDS + 2].fd, out);
}

/* What the C library calls select() makes another call. */
static void select_below(int n)
{
	fd_set in, out;

	set_up(&in, &out);
#ifdef SYS_select
	expect(syscall(SYS_select, n, &in, &out, NULL, NULL), 2);
#else
	expect(select(n, &in, &out, NULL, NULL), 2);
#endif
}

static void select_them(void)
{
	select_below(BELOW);
}

static void select_high(void)
{
	select_below(FD_SETSIZE);
}

static void pselect_them(void)
{
	fd_set in, out;

	set_up(&in, &out);
	expect(pselect(BELOW, &in, &out, NULL, NULL, NULL), 2);
}

static void epoll_them(void)
{
	static int ep;
	struct epoll_event e = {.events = EPOLLIN};

	if (!ep) {
		ep = epoll_create1(0);
		epoll_ctl(ep, EPOLL_CTL_ADD, fds[DESCRIPTORS - KINDS].fd, &e);
	}
	expect(epoll_wait(ep, &e, 1, -1), 1);
}

static const struct how {
	const char *name;
	void (*once)(void);
	int n;
} hows[] = {
	{"poll", poll_them, DESCRIPTORS},
	{"ppoll", ppoll_them, DESCRIPTORS},
	{"many", poll_many, MANY},
	{"nothing", poll_nothing, DESCRIPTORS},
	{"refused", poll_refused, DESCRIPTORS},
	{"select", select_them, DESCRIPTORS},
	{"pselect6", pselect_them, DESCRIPTORS},
	{"high", select_high, DESCRIPTORS},
	{"epoll", epoll_them, DESCRIPTORS},
};

int main(int argc, char **argv)
{
	const struct rlimit files = {MANY, MANY};

	if (argc != 3)
		errx(2, "polls HOW ROUNDS");
	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
		if (strcmp(argv[1], hows[i].name))
			continue;
		be_ready(hows[i].n);
		if (setrlimit(RLIMIT_NOFILE, &files))
			err(1, "setrlimit");
		for (int round = 0; round < atoi(argv[2]); round++)
			hows[i].once();
		return 0;
	}
	errx(2, "there is no %s", argv[1]);
}
