// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A process whose work is the same at every turn, for scripts/bench micro: for each line "ROUNDS"
 * on its standard input it does ROUNDS short rounds of each kind of turn, one after the other, and
 * prints a line with the best of each in nanoseconds a turn. The best of many short rounds is what
 * nothing else disturbed.
 */
#include <err.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE 64

static int zero_fd, client_fd, server_fd, epoll_fd, idle_fd;

static void turn_getppid(void)
{
	syscall(SYS_getppid);
}

static void turn_read(void)
{
	char byte;

	if (read(zero_fd, &byte, 0))
		err(1, "read");
}

static void turn_wait(void)
{
	struct epoll_event event;

	if (epoll_wait(idle_fd, &event, 1, 0))
		err(1, "epoll_wait");
}

static void turn_echo(void)
{
	static char message[MESSAGE];
	struct epoll_event event;

	if (write(client_fd, message, MESSAGE) != MESSAGE)
		err(1, "write");
	if (epoll_wait(epoll_fd, &event, 1, -1) != 1)
		err(1, "epoll_wait");
	if (read(server_fd, message, MESSAGE) != MESSAGE)
		err(1, "read");
}

static const struct kind {
	void (*turn)(void);
	unsigned turns; /* a round */
} kinds[] = {
	{turn_getppid, 20000},
	{turn_read, 20000},
	{turn_wait, 20000},
	{turn_echo, 5000},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e9 * t.tv_sec + t.tv_nsec;
}

static double round_of(const struct kind *kind)
{
	double start = now_ns();

	for (unsigned i = 0; i < kind->turns; i++)
		kind->turn();
	return (now_ns() - start) / kind->turns;
}

static int epoll_of(int fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	int epoll = epoll_create1(0);

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		err(1, "epoll");
	return epoll;
}

/* A connection over the loopback, both of whose ends are this process's. */
static void connect_both(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	client_fd = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || client_fd < 0 || bind(listener, (void *)&at, len) ||
	    listen(listener, 1) || getsockname(listener, (void *)&at, &len) ||
	    connect(client_fd, (void *)&at, len))
		err(1, "cannot connect over the loopback");
	server_fd = accept(listener, NULL, NULL);
	if (server_fd < 0)
		err(1, "accept");
}

/* On one processor, the last: what it costs to move is no part of a turn. */
static void stay(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "sched_setaffinity");
}

int main(void)
{
	double best[N_KINDS];
	char line[32];
	int pipes[2];

	stay();
	connect_both();
	if (pipe(pipes))
		err(1, "pipe");
	zero_fd = pipes[0];
	idle_fd = epoll_of(pipes[0]);
	epoll_fd = epoll_of(server_fd);
	while (fgets(line, sizeof(line), stdin)) {
		long rounds = atol(line);

		for (unsigned k = 0; k < N_KINDS; k++)
			best[k] = 0;
		for (long r = 0; r < rounds; r++)
			for (unsigned k = 0; k < N_KINDS; k++) {
				double ns = round_of(&kinds[k]);

				if (!best[k] || ns < best[k])
					best[k] = ns;
			}
		for (unsigned k = 0; k < N_KINDS; k++)
			printf("%.1f%c", best[k], k + 1 < N_KINDS ? ' ' : '\n');
		fflush(stdout);
	}
	return 0;
}
