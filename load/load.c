// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The load client: one thread, one epoll, one timer for everything that has to happen at a time.
 * Connections are independent of one another and each is closed as soon as its own messages are
 * done, so that a server that serves one client at a time comes to the next.
 */
#include "load.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>

#include "load_conn.h"
#include "pacing.h"
#include "plural.h"
#include "setup.h"
#include "stopping.h"

#define LOAD_EVENTS 256

/* Lets a signal that signalfd told of run its handler, which sets stopping. */
static void load_let_in(const sigset_t *stops)
{
	sigprocmask(SIG_UNBLOCK, stops, NULL);
	sigprocmask(SIG_BLOCK, stops, NULL);
}

static void load_dispatch(struct load *l, const struct epoll_event *ev)
{
	if (ev->data.ptr == &l->timer)
		load_time(l);
	else if (ev->data.ptr == &l->signals)
		load_let_in(&l->stops);
	else
		load_conn_event(l, ev->data.ptr, ev->events);
}

static void load_loop(struct load *l)
{
	struct epoll_event events[LOAD_EVENTS];
	unsigned active_left = l->active_left;

	while (l->left && !l->failed) {
		int n;

		if (stopping && !l->ending)
			load_signalled(l);
		load_advance(l);
		if (active_left && !l->active_left)
			load_close_idle(l);
		active_left = l->active_left;
		if (!l->left || l->failed)
			break;
		load_arm(l);
		n = epoll_wait(l->epfd, events, LOAD_EVENTS, -1);
		if (n < 0 && errno != EINTR)
			load_fail(l, "the client's epoll_wait failed: %s", strerror(errno));
		for (int i = 0; i < n && !l->failed; i++)
			load_dispatch(l, &events[i]);
	}
}

/*
 * SIGINT and SIGTERM are blocked and come as an event among the others: then none is lost between
 * a look at stopping and the wait, and a client that never has to wait takes notice too.
 */
int load_run(const struct load_options *opt, struct load_result *r)
{
	struct load l = {.opt = opt, .r = r, .epfd = -1, .timer = -1, .signals = -1};
	sigset_t before;

	sigemptyset(&l.stops);
	sigaddset(&l.stops, SIGINT);
	sigaddset(&l.stops, SIGTERM);
	sigprocmask(SIG_BLOCK, &l.stops, &before);
	if (load_init(&l))
		load_loop(&l);
	load_ended(&l);
	load_free(&l);
	if (!l.failed && r->unanswered)
		load_fail(&l, "the load ended with %llu message%s unanswered",
			  (unsigned long long)r->unanswered, plural(r->unanswered));
	sigprocmask(SIG_SETMASK, &before, NULL);
	return l.failed ? -1 : 0;
}

static void on_stop(int sig)
{
	(void)sig;
	stopping = 1;
}

void load_signals(void)
{
	struct sigaction stop = {.sa_handler = on_stop};

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
}
