// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * nonblocking: it does not wait at all. O_NONBLOCK makes accept(), read() and write() return EAGAIN
 * where they would have slept, so one thread can ask every socket in turn, again and again.
 *
 * EAGAIN is no error here, it is the usual answer; and the price of asking is a whole processor,
 * busiest when there is nothing to do.
 */
#include <err.h>
#include <errno.h>
#include <string.h>

#include "accept.h"
#include "common.h"
#include "stopping.h"

/* The fault: takes "not yet" for a failure. */
static bool gives_up(const struct server *s)
{
	return (s->opt.faults & FAULT_NONBLOCK_EXIT) && s->tally->eagain;
}

/* Asks the listener for all new clients, and each client once. */
static void sweep(struct server *s)
{
	struct conn *c, *next;

	while (conn_accept(s, SOCK_NONBLOCK, &c))
		;
	for (c = conns_first(); c && !gives_up(s); c = next) {
		enum conn_step step = conn_step(c);

		next = c->next;
		if (step == CONN_OVER)
			conn_close(c);
	}
}

int serve_nonblocking(struct server *s)
{
	if (set_nonblocking(s->fd)) {
		warn("%s: cannot set O_NONBLOCK", s->model->name);
		return -1;
	}
	while (!stopping && !gives_up(s))
		sweep(s);
	conns_close();
	if (stopping)
		return 0;
	warnx("%s: the server gives up: %s (fault nonblock-exit)", s->model->name,
	      strerror(EAGAIN));
	return -1;
}
