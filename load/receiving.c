// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "receiving.h"

#include <errno.h>
#include <sys/socket.h>

#include "closing.h"
#include "echoes.h"
#include "plural.h"

static void conn_eof(struct load *l, struct load_conn *c)
{
	l->progress = now_ns();
	if (c->state == CONN_CLOSING)
		load_conn_close(l, c);
	else if (c->id >= l->active)
		load_fail(l, "connection %u: the server closed it while it was idle", c->id);
	else
		load_fail(l, "connection %u: the server closed it with %u message%s unanswered",
			  c->id, load_conn_unanswered(c), plural(load_conn_unanswered(c)));
}

void load_conn_receive(struct load *l, struct load_conn *c, bool hangup)
{
	bool stream = l->opt->transport == TRANSPORT_TCP;

	while (!l->failed) {
		ssize_t n = recv(c->fd, l->buffer, LOAD_BUFFER, 0);

		if (n < 0) {
			if (errno != EAGAIN && errno != EINTR)
				load_conn_broke(l, c, errno);
			if (errno != EINTR)
				return;
			continue;
		}
		if (!n && stream) {
			conn_eof(l, c);
			return;
		}
		l->progress = now_ns();
		if (stream)
			echo_check_stream(l, c, n, l->progress);
		else
			echo_check_datagram(l, c, n, l->progress);
		if (stream ? n < LOAD_BUFFER && !hangup : !c->count)
			return;
	}
}
