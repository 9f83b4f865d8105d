// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * turns [CONNECTIONS [THREADS]]: a process whose work is the same at every turn, for scripts/bench
 * micro and scale. It says that it is ready; then, for each line "ROUNDS" on its standard input, it
 * does ROUNDS short rounds of each kind of turn, one after the other, and prints a line with the
 * best of each in nanoseconds a turn. The best of many short rounds is what nothing else disturbed.
 *
 * With CONNECTIONS it has both ends of so many, and the only turn is a message, on one after the
 * other. With THREADS each waits in read() for messages of its own, and the only turn is that one
 * answers, one after the other.
 */
#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE 64
#define STRIDE  7919 /* from one connection to the next: a prime */

struct pair {
	int client, server;
};

static int zero_fd, epoll_fd, idle_fd;
static struct pair *connections, *of_threads;
static unsigned n_connections = 1, n_threads;

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

static void send_on(int fd, const char *message)
{
	if (write(fd, message, MESSAGE) != MESSAGE)
		err(1, "write");
}

static void receive_on(int fd, char *message)
{
	if (read(fd, message, MESSAGE) != MESSAGE)
		err(1, "read");
}

static void turn_echo(void)
{
	static char message[MESSAGE];
	static unsigned at;
	struct epoll_event event;

	at = (at + STRIDE) % n_connections;
	send_on(connections[at].client, message);
	if (epoll_wait(epoll_fd, &event, 1, -1) != 1)
		err(1, "epoll_wait");
	receive_on(event.data.fd, message);
}

static void turn_thread(void)
{
	static char message[MESSAGE];
	static unsigned at;

	at = (at + STRIDE) % n_threads;
	send_on(of_threads[at].client, message);
	receive_on(of_threads[at].client, message);
}

static void *answer(void *pair)
{
	int fd = ((struct pair *)pair)->server;
	char message[MESSAGE];

	for (;;) {
		receive_on(fd, message);
		send_on(fd, message);
	}
	return NULL;
}

static const struct kind {
	void (*turn)(void);
	unsigned turns; /* a round */
} kinds[] = {
	{turn_getppid, 20000}, {turn_read, 20000},  {turn_wait, 20000},
	{turn_echo, 5000},     {turn_thread, 1000},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Those that are done: up to the last one. */
static size_t first_kind, last_kind = N_KINDS - 2;

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

static void watch(int epoll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		err(1, "epoll_ctl");
}

static int listen_anywhere(struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	*at = (struct sockaddr_in){.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (listener < 0 || bind(listener, (void *)at, len) || listen(listener, 1) ||
	    getsockname(listener, (void *)at, &len))
		err(1, "cannot listen on the loopback");
	return listener;
}

/* Connections over the loopback, both of whose ends are this process's. */
static struct pair *connect_pairs(unsigned n)
{
	struct pair *pairs = calloc(n + 1, sizeof(*pairs));
	struct sockaddr_in at;
	int listener = listen_anywhere(&at);

	if (!pairs)
		err(1, "calloc");
	for (unsigned i = 0; i < n; i++) {
		pairs[i].client = socket(AF_INET, SOCK_STREAM, 0);
		if (pairs[i].client < 0 || connect(pairs[i].client, (void *)&at, sizeof(at)))
			err(1, "cannot connect over the loopback");
		pairs[i].server = accept(listener, NULL, NULL);
		if (pairs[i].server < 0)
			err(1, "accept");
	}
	close(listener);
	return pairs;
}

static void start_threads(void)
{
	pthread_attr_t small;
	pthread_t id;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (unsigned i = 0; i < n_threads; i++)
		if (pthread_create(&id, &small, answer, &of_threads[i]))
			errx(1, "cannot start thread %u", i + 1);
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

static void prepare(void)
{
	int pipes[2];

	if (pipe(pipes))
		err(1, "pipe");
	zero_fd = pipes[0];
	idle_fd = epoll_create1(0);
	epoll_fd = epoll_create1(0);
	watch(idle_fd, pipes[0]);
	connections = connect_pairs(n_connections);
	for (unsigned i = 0; i < n_connections; i++)
		watch(epoll_fd, connections[i].server);
	of_threads = connect_pairs(n_threads);
	start_threads();
}

static void do_rounds(long rounds)
{
	double best[N_KINDS] = {0};

	for (long r = 0; r < rounds; r++)
		for (size_t k = first_kind; k <= last_kind; k++) {
			double ns = round_of(&kinds[k]);

			if (!best[k] || ns < best[k])
				best[k] = ns;
		}
	for (size_t k = first_kind; k <= last_kind; k++)
		printf("%.1f%c", best[k], k < last_kind ? ' ' : '\n');
	fflush(stdout);
}

static void read_arguments(int argc, char **argv)
{
	if (argc > 1)
		n_connections = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		n_threads = strtoul(argv[2], NULL, 10);
	if (!n_connections)
		errx(2, "usage: turns [CONNECTIONS [THREADS]]");
	if (n_threads)
		last_kind = N_KINDS - 1;
	if (argc > 1)
		first_kind = last_kind;
}

int main(int argc, char **argv)
{
	char line[32];

	read_arguments(argc, argv);
	stay();
	prepare();
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		do_rounds(atol(line));
	return 0;
}
