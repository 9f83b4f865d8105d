// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A thread "epoll" is told of messages on a socket and leaves them to a thread "worker", which
 * echoes them; the thread "client" sends the next one when the echo has come and the others have
 * come to rest. handoff HOW EVENTS MESSAGES, EVENTS in hexadecimal; HOW:
 *
 *   wake   the worker sleeps until it is woken (sem_post)
 *   late   it spins, and reads when the epoll thread sleeps again
 *   early  it spins, and reads at once; the epoll thread waits on when that has been done
 *   keep   there is no worker: the epoll thread itself reads, but when it is told the next time, of
 *          something else
 */
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

#include "sleeps.h"

enum how { WAKE, LATE, EARLY, KEEP };

static enum how how;
static unsigned events;
static int messages, epfd, near, far, end;
static sem_t handed;
static atomic_int queued, taken, echoed, epoll_tid, worker_tid;

static void echo(void)
{
	char buf[64];
	ssize_t n;

	while ((n = recv(near, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		taken++;
		if (send(near, buf, n, 0) != n)
			err(1, "send");
	}
	if (events & EPOLLONESHOT &&
	    epoll_ctl(epfd, EPOLL_CTL_MOD, near, &(struct epoll_event){events, {.fd = near}}))
		err(1, "EPOLL_CTL_MOD");
	echoed++;
}

static void *work(void *unused)
{
	worker_tid = gettid();
	for (int n = 1; n <= messages; n++) {
		while (how == WAKE ? sem_wait(&handed) : queued < n)
			;
		while (how == LATE && !sleeps(epoll_tid, IN_EPOLL_WAIT))
			;
		echo();
	}
	return unused;
}

static void *send_all(void *unused)
{
	char buf[64] = "";

	for (int n = 1; n <= messages; n++) {
		while (!sleeps(epoll_tid, IN_EPOLL_WAIT) ||
		       (how == WAKE && !sleeps(worker_tid, SYS_futex)))
			;
		if (send(far, buf, sizeof(buf), 0) != sizeof(buf))
			err(1, "send");
		while (how == KEEP ? queued < n || !sleeps(epoll_tid, IN_EPOLL_WAIT) : echoed < n)
			;
		if (how == KEEP && eventfd_write(end, 1))
			err(1, "eventfd_write");
		if (recv(far, buf, sizeof(buf), MSG_WAITALL) != sizeof(buf))
			err(1, "recv");
	}
	while (how != KEEP && !sleeps(epoll_tid, IN_EPOLL_WAIT))
		;
	if (how != KEEP && eventfd_write(end, 1))
		err(1, "eventfd_write");
	return unused;
}

/* Told of the eventfd: it is the end, but where the epoll thread keeps the messages until then. */
static bool on_eventfd(void)
{
	eventfd_t value;

	if (how == KEEP)
		echo();
	if (eventfd_read(end, &value))
		err(1, "eventfd_read");
	return how != KEEP || echoed == messages;
}

static void hand_on(void)
{
	queued++;
	if (how == WAKE)
		sem_post(&handed);
	while (how == EARLY && echoed < queued)
		;
}

static void wait_for_all(void)
{
	struct epoll_event event;

	for (;;) {
		if (epoll_wait(epfd, &event, 1, -1) != 1)
			err(1, "epoll_wait");
		if (event.data.fd == near)
			hand_on();
		else if (on_eventfd())
			return;
	}
}

static void connect_pair(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	far = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (void *)&addr, len) || listen(listener, 1) ||
	    getsockname(listener, (void *)&addr, &len) || connect(far, (void *)&addr, len))
		err(1, "a connection");
	near = accept(listener, NULL, NULL);
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"wake", "late", "early", "keep"};
	pthread_t worker, client;

	if (argc != 4)
		return 2;
	while (strcmp(argv[1], names[how]))
		how++;
	events = strtoul(argv[2], NULL, 16);
	messages = atoi(argv[3]);
	epoll_tid = gettid();
	connect_pair();
	epfd = epoll_create1(0);
	end = eventfd(0, 0);
	sem_init(&handed, 0, 0);
	if (epoll_ctl(epfd, EPOLL_CTL_ADD, near, &(struct epoll_event){events, {.fd = near}}) ||
	    epoll_ctl(epfd, EPOLL_CTL_ADD, end, &(struct epoll_event){EPOLLIN, {.fd = end}}))
		err(1, "EPOLL_CTL_ADD");
	if (how != KEEP && pthread_create(&worker, NULL, work, NULL))
		err(1, "a thread");
	if (pthread_create(&client, NULL, send_all, NULL))
		err(1, "a thread");
	wait_for_all();
	pthread_join(client, NULL);
	if (how != KEEP)
		pthread_join(worker, NULL);
	return 0;
}
