// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "closing.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "echoes.h"
#include "plural.h"

void load_conn_broke(struct load *l, struct load_conn *c, int error)
{
	if (l->opt->transport == TRANSPORT_UDP && error == ECONNREFUSED)
		load_fail_connect(l, error);
	else
		load_fail(l, "connection %u: %s with %u message%s unanswered", c->id,
			  error == ECONNRESET || error == EPIPE ? "the server reset it"
								: strerror(error),
			  load_conn_unanswered(c), plural(load_conn_unanswered(c)));
}

void load_conn_close(struct load *l, struct load_conn *c)
{
	if (c->state == CONN_CLOSED)
		return;
	if (c->state == CONN_CONNECTING)
		l->connecting--;
	if (c->state == CONN_CLOSING)
		l->closing--;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->state = CONN_CLOSED;
	l->left--;
	if (c->id < l->active)
		l->active_left--;
}

/* Has the close that follows send a RST. */
static void conn_reset(struct load *l, struct load_conn *c)
{
	struct linger now = {.l_onoff = 1};

	if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)) < 0)
		load_conn_broke(l, c, errno);
	load_conn_close(l, c);
}

void load_conn_end(struct load *l, struct load_conn *c)
{
	l->progress = now_ns();
	if (l->opt->reset) {
		conn_reset(l, c);
		return;
	}
	if (l->opt->transport == TRANSPORT_UDP) {
		/* A second echo of a message may have come in the meantime. */
		ssize_t n = recv(c->fd, l->buffer, LOAD_BUFFER, 0);

		if (n >= 0)
			echo_unasked(l, c, n);
		load_conn_close(l, c);
		return;
	}
	c->state = CONN_CLOSING;
	l->closing++;
	if (shutdown(c->fd, SHUT_WR) < 0)
		load_conn_broke(l, c, errno);
}
