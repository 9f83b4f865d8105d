// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* steps NAME: a few calls that read, write and wait, the same ones at each run. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char buf[64];

/* What a program does is told by its calls: what they return is of no use here. */
static void ignore(long result)
{
	(void)result;
}

static void two_ends(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends))
		exit(1);
}

static void watch(int epoll, int op, int fd, unsigned events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	ignore(epoll_ctl(epoll, op, fd, &event));
}

/* Level-triggered: told again until it is read empty. */
static void level(void)
{
	int ends[2], epoll = epoll_create1(0);
	struct epoll_event told[4];

	two_ends(ends);
	watch(epoll, EPOLL_CTL_ADD, ends[0], EPOLLIN);
	for (int i = 0; i < 3; i++) {
		ignore(write(ends[1], "abcd", 4));
		ignore(epoll_wait(epoll, told, 4, -1));
		ignore(read(ends[0], buf, 2));
		ignore(epoll_wait(epoll, told, 4, 0));
		ignore(read(ends[0], buf, sizeof(buf)));
		ignore(epoll_wait(epoll, told, 4, 0));
	}
}

/* Edge-triggered: told once, and read until there is no more. */
static void edge(void)
{
	int ends[2], epoll = epoll_create1(0);
	struct epoll_event told[4];

	two_ends(ends);
	watch(epoll, EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLET);
	for (int i = 0; i < 3; i++) {
		ignore(write(ends[1], "abcd", 4));
		ignore(epoll_wait(epoll, told, 4, -1));
		ignore(read(ends[0], buf, sizeof(buf)));
		ignore(read(ends[0], buf, sizeof(buf)));
	}
}

/* Once, and then it has to be armed again. */
static void once(void)
{
	int ends[2], epoll = epoll_create1(0);
	struct epoll_event told[4];

	two_ends(ends);
	watch(epoll, EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLONESHOT);
	for (int i = 0; i < 3; i++) {
		ignore(write(ends[1], "abcd", 4));
		ignore(epoll_wait(epoll, told, 4, -1));
		ignore(epoll_wait(epoll, told, 4, 0));
		ignore(read(ends[0], buf, sizeof(buf)));
		watch(epoll, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT);
	}
	watch(epoll, EPOLL_CTL_DEL, ends[0], 0);
	watch(epoll, EPOLL_CTL_DEL, ends[0], 0); /* fails */
	watch(epoll, 99, ends[0], EPOLLIN);      /* the same */
}

static void polled(void)
{
	int ends[2];
	struct pollfd fds[2];

	two_ends(ends);
	fds[0] = (struct pollfd){.fd = ends[0], .events = POLLIN};
	fds[1] = (struct pollfd){.fd = ends[1], .events = POLLIN | POLLOUT};
	ignore(poll(fds, 1, 0));
	ignore(poll(fds, 1, 1));
	ignore(write(ends[1], "abcd", 4));
	ignore(poll(fds, 2, -1));
	ignore(read(ends[0], buf, sizeof(buf)));
}

static void selected(void)
{
	struct timeval no_time = {0};
	int ends[2];
	fd_set in, out;

	two_ends(ends);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(ends[0], &in);
	ignore(select(ends[0] + 1, &in, NULL, NULL, &no_time));
	ignore(write(ends[1], "abcd", 4));
	FD_SET(ends[0], &in);
	FD_SET(ends[1], &out);
	ignore(select(ends[1] + 1, &in, &out, NULL, NULL));
	ignore(read(ends[0], buf, sizeof(buf)));
}

static void timer(void)
{
	struct itimerspec soon = {.it_value = {.tv_nsec = 100000000}};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), epoll = epoll_create1(0);
	struct epoll_event told[4];

	watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN);
	ignore(read(fd, buf, 8));
	timerfd_settime(fd, 0, &soon, NULL);
	ignore(epoll_wait(epoll, told, 4, -1));
	ignore(read(fd, buf, 8));
}

static void counter(void)
{
	int fd = eventfd(0, EFD_NONBLOCK), epoll = epoll_create1(0);
	struct epoll_event told[4];
	uint64_t one = 1;

	watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN);
	ignore(write(fd, &one, sizeof(one)));
	ignore(epoll_wait(epoll, told, 4, -1));
	ignore(epoll_wait(epoll, told, 4, -1));
	ignore(read(fd, &one, sizeof(one)));
	ignore(read(fd, &one, sizeof(one)));
}

static void on_signal(int signal)
{
	(void)signal;
}

static void signals(void)
{
	struct timespec no_time = {0};
	sigset_t set;

	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR2);
	raise(SIGUSR2);
	ignore(sigtimedwait(&set, NULL, &no_time));
	ignore(sigtimedwait(&set, NULL, &no_time));
	raise(SIGCHLD);
}

/* There is no room for what queued signals carry. */
static void overflow(void)
{
	const struct rlimit none = {0, 0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	setrlimit(RLIMIT_SIGPENDING, &none);
	sigqueue(getpid(), SIGRTMIN, (union sigval){0});
	kill(getpid(), SIGRTMIN);
}

static long cpu_ms(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* What is ready has to wait, since the thread sleeps in another call, or computes. */
static void late(void)
{
	struct timespec soon = {.tv_nsec = 5000000};
	int ends[2], epoll = epoll_create1(0);
	struct epoll_event told[4];

	two_ends(ends);
	watch(epoll, EPOLL_CTL_ADD, ends[0], EPOLLIN);
	for (int i = 0; i < 10; i++) {
		long begun = cpu_ms();

		ignore(epoll_wait(epoll, told, 4, 0));
		ignore(write(ends[1], "abcd", 4));
		if (i % 2)
			nanosleep(&soon, NULL);
		while (i % 2 == 0 && cpu_ms() - begun < 10)
			continue;
		ignore(epoll_wait(epoll, told, 4, -1));
		ignore(read(ends[0], buf, sizeof(buf)));
	}
}

/* Two registrations with the same data. */
static void alike(void)
{
	int ends[2], epoll = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLIN}, told[4];

	two_ends(ends);
	ignore(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event));
	ignore(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], &event));
	ignore(write(ends[1], "abcd", 4));
	ignore(epoll_wait(epoll, told, 4, -1));
}

static void pipes(void)
{
	struct iovec parts[2] = {{buf, 2}, {buf + 2, 2}};
	int ends[2];

	if (pipe2(ends, O_NONBLOCK))
		exit(1);
	ignore(read(ends[0], buf, sizeof(buf)));
	ignore(writev(ends[1], parts, 2));
	ignore(readv(ends[0], parts, 2));
	close(ends[1]);
	ignore(read(ends[0], buf, sizeof(buf)));
}

static void messages(void)
{
	struct iovec part = {buf, 4};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	struct timespec soon = {.tv_nsec = 1000000};
	int ends[2];

	two_ends(ends);
	ignore(send(ends[0], "abcd", 4, 0));
	ignore(recv(ends[1], buf, 2, MSG_PEEK));
	ignore(recvmsg(ends[1], &message, 0));
	ignore(recv(ends[1], buf, sizeof(buf), 0));
	ignore(sendmsg(ends[0], &message, 0));
	nanosleep(&soon, NULL);
	shutdown(ends[0], SHUT_WR);
	ignore(recv(ends[1], buf, 4, 0));
	ignore(recv(ends[1], buf, sizeof(buf), 0));
}

/* Of descriptors that are not open, of what cannot be read, and of times and flags that are rare.
 */
static void odd(void)
{
	const struct timespec ages = {.tv_sec = INT64_MAX},
			      no_time = {.tv_sec = -1, .tv_nsec = 999999999};
	struct pollfd fd = {.fd = 99, .events = POLLIN};
	int ends[2], epoll = epoll_create1(0);

	two_ends(ends);
	ignore(read(fd.fd, buf, 4));
	ignore(poll(&fd, 1, 0));
	watch(epoll, EPOLL_CTL_ADD, fd.fd, EPOLLIN);
	ignore(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], NULL));
	watch(epoll, EPOLL_CTL_ADD, ends[0], 0);
	watch(epoll, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLHUP | EPOLLRDNORM | 1 << 20);
	fd = (struct pollfd){.fd = ends[0], .events = POLLOUT | POLLWRNORM};
	ignore(ppoll(&fd, 1, &ages, NULL));
	ignore(ppoll(&fd, 1, &no_time, NULL));
}

/* One ends, and one is killed. */
static void parent(void)
{
	for (int killed = 0; killed < 2; killed++) {
		pid_t child = fork();

		if (!child && killed)
			raise(SIGKILL);
		if (!child)
			_exit(0);
		waitpid(child, NULL, 0);
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} programs[] = {
	{"level", level},       {"edge", edge},         {"once", once},       {"polled", polled},
	{"selected", selected}, {"timer", timer},       {"counter", counter}, {"signals", signals},
	{"pipes", pipes},       {"overflow", overflow}, {"late", late},       {"alike", alike},
	{"messages", messages}, {"odd", odd},           {"parent", parent},
};

int main(int argc, char **argv)
{
	for (unsigned i = 0; argc == 2 && i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (strcmp(programs[i].name, argv[1]) != 0)
			continue;
		programs[i].run();
		return 0;
	}
	return 1;
}
