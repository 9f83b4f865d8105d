// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * thread: a thread a client. Each one sleeps inside read() for its own client, and the main thread
 * inside accept() for the next.
 *
 * All of it is one process: nothing has to be reaped, and nothing is protected from the others.
 */
#include <pthread.h>

#include "accept.h"
#include "common.h"
#include "stopping.h"
#include "tasks.h"

#define STACK_SIZE (256 << 10) /* 10 000 threads of the usual 8 MiB would want 80 GB */

static void *serve_client(void *arg)
{
	struct conn *c = arg;

	while (conn_step(c) == CONN_MORE)
		;
	conn_close(c);
	return NULL;
}

static void refuse(struct conn *c, int error)
{
	char why[TASKS_REFUSED_LEN];

	say_refused("thread: the connection of a client is closed: pthread_create fails with %s",
		    tasks_refused(error, why, sizeof(why)));
	conn_refuse(c);
}

int serve_thread(struct server *s)
{
	pthread_attr_t attr;
	pthread_t thread;
	struct conn *c;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while (!stopping)
		if (conn_accept(s, 0, &c) && c &&
		    (error = pthread_create(&thread, &attr, serve_client, c)))
			refuse(c, error);
	pthread_attr_destroy(&attr);

	conns_shutdown(); /* every read() sees the end of its input; every thread closes and goes */
	conns_wait();
	return 0;
}
