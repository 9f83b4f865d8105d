// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* led: what is reported to its first thread leads to something else each time. The second thread
 * writes only while the first one sleeps in epoll_wait(). */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int edge[2], level[2], epoll;
static char buf[64];

static void must(int ok)
{
	if (!ok)
		exit(1);
}

/* Whether the first thread has been switched out in epoll_wait(), by the kernel's own word. */
static int sleeps(void)
{
#ifdef SYS_epoll_wait
	const long call = SYS_epoll_wait;
#else
	const long call = SYS_epoll_pwait;
#endif
	char path[64], text[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", getpid());
	fd = open(path, O_RDONLY);
	must(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text[0] >= '0' && text[0] <= '9' && atol(text) == call;
}

static void write_to_sleeper(int fd)
{
	while (!sleeps())
		usleep(1000);
	must(write(fd, "abcd", 4) == 4);
}

static void *write_all(void *arg)
{
	write_to_sleeper(edge[1]);  /* it is read */
	write_to_sleeper(level[1]); /* nothing is done, until it is told again */
	write_to_sleeper(edge[1]);  /* it is left */
	write_to_sleeper(edge[1]);  /* all of it is read */
	write_to_sleeper(level[1]); /* it is closed */
	return arg;
}

static void watch(int fd, unsigned events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	must(!epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

static void await(int timeout)
{
	struct epoll_event told;

	must(epoll_wait(epoll, &told, 1, timeout) == 1);
}

static void take(int fd, ssize_t bytes)
{
	must(read(fd, buf, sizeof(buf)) == bytes);
}

int main(void)
{
	pthread_t writer;

	must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, edge));
	must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, level));
	epoll = epoll_create1(0);
	watch(edge[0], EPOLLIN | EPOLLET);
	watch(level[0], EPOLLIN);
	for (int i = 0; i < 3; i++)
		must(write(edge[1], "abcd", 4) == 4);
	await(0);
	take(edge[0], 12);
	must(!pthread_create(&writer, NULL, write_all, NULL));
	await(-1);
	take(edge[0], 4);
	await(-1);
	await(0);
	take(level[0], 4);
	await(-1); /* and it is not read */
	await(-1);
	take(edge[0], 8);
	await(-1);
	close(level[0]);
	return pthread_join(writer, NULL);
}
