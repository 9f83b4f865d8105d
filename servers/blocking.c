// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * blocking: the program sleeps inside accept() and read().
 *
 * The simplest server that is right, for one client at a time: whoever connects meanwhile waits in
 * the backlog until the one before has gone, however long that takes.
 */
#include "accept.h"
#include "stop.h"

int serve_blocking(struct server *s)
{
	while (!stopping) {
		struct conn *c;

		conn_accept(s, 0, &c);
		if (!c)
			continue;
		serving_fd = c->fd; /* a stop signal ends the read() below */
		while (!stopping && conn_step(c) == CONN_MORE)
			;
		serving_fd = -1;
		conn_close(c);
	}
	conns_close();
	return 0;
}
