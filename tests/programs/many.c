// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* So many threads, each asleep in epoll_wait() on an instance of its own, over an eventfd that is
 * registered edge-triggered and never written. */
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void *sleep_for_good(void *arg)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};
	int ep = epoll_create1(EPOLL_CLOEXEC), fd = eventfd(0, EFD_CLOEXEC);

	if (ep < 0 || fd < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event))
		err(1, "cannot set a thread up");
	pthread_barrier_wait(arg);
	for (;;)
		epoll_wait(ep, &event, 1, -1);
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned n = argc > 1 ? atoi(argv[1]) : 1;
	pthread_barrier_t all;
	pthread_attr_t small;
	pthread_t thread;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 1 << 16);
	pthread_barrier_init(&all, NULL, n + 1);
	for (unsigned i = 0; i < n; i++)
		if (pthread_create(&thread, &small, sleep_for_good, &all))
			errx(1, "cannot start thread %u", i);
	pthread_barrier_wait(&all);
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
