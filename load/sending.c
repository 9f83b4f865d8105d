// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "sending.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "closing.h"
#include "flights.h"
#include "pattern.h"

int load_conn_watch(struct load *l, struct load_conn *c, int op)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.ptr = c};

	if (l->opt->transport == TRANSPORT_TCP)
		ev.events |= EPOLLOUT | EPOLLRDHUP;
	else if (c->blocked)
		ev.events |= EPOLLOUT;
	return epoll_ctl(l->epfd, op, c->fd, &ev);
}

/* A send failed; true when it is worth another try at once. */
static bool conn_refused(struct load *l, struct load_conn *c, int error)
{
	if (error == EINTR)
		return true;
	if (error != EAGAIN) {
		load_conn_broke(l, c, error);
		return false;
	}
	c->blocked = true;
	if (l->opt->transport == TRANSPORT_UDP && load_conn_watch(l, c, EPOLL_CTL_MOD) < 0)
		load_conn_broke(l, c, errno);
	return false;
}

static bool conn_may_start(const struct load *l, struct load_conn *c)
{
	const struct load_options *opt = l->opt;

	if (l->ending || !l->epoch || c->id >= l->active)
		return false;
	if (opt->messages && c->started == opt->messages)
		return false;
	switch (opt->mode) {
	case LOAD_LOCKSTEP:
		if (!c->count && c->started == c->goal)
			c->goal += opt->burst;
		return c->started < c->goal;
	case LOAD_PIPELINE:
		return c->count < opt->depth;
	case LOAD_OPEN:
		return c->started < c->due;
	}
	return false;
}

/* The first bytes of a message went out. */
static bool conn_begin(struct load *l, struct load_conn *c, uint64_t now)
{
	uint64_t when = l->opt->mode == LOAD_OPEN ? load_due(l, c->started, c->id) : now;

	if (!l->in_flight)
		l->progress = now;
	if (flights_add(l, c, when))
		return true;
	load_fail(l, "cannot allocate memory for connection %u", c->id);
	return false;
}

/* The urgent byte before a message. False when the socket takes no more. */
static bool conn_urge(struct load *l, struct load_conn *c)
{
	if (!l->opt->urgent || c->urged || c->put)
		return true;
	if (send(c->fd, "!", 1, MSG_OOB | MSG_NOSIGNAL) < 0)
		return conn_refused(l, c, errno);
	c->urged = true;
	l->r->urgent++;
	return true;
}

/* One write: a message, what is left of it, or a fragment. False when the socket takes no more. */
static bool conn_write(struct load *l, struct load_conn *c)
{
	const struct load_options *opt = l->opt;
	uint64_t msg = c->put ? c->started - 1 : c->started;
	uint64_t now = c->put ? 0 : now_ns();
	size_t len = opt->size - c->put;
	ssize_t n;

	if (!conn_urge(l, c))
		return false;
	if (opt->fragment && len > opt->fragment - c->put % opt->fragment)
		len = opt->fragment - c->put % opt->fragment;
	n = send(c->fd, pattern_message(l, c->id, msg) + c->put, len, MSG_NOSIGNAL);
	if (n < 0)
		return conn_refused(l, c, errno);
	if (!c->put && !conn_begin(l, c, now))
		return false;
	c->put += n;
	if (c->put == opt->size) {
		c->put = 0;
		c->urged = false;
		l->r->sent++;
	}
	return true;
}

static bool conn_done(const struct load *l, const struct load_conn *c)
{
	if (c->count || l->failed)
		return false;
	if (c->id >= l->active)
		return l->ending || !l->active_left;
	return l->ending || (l->opt->messages && c->started == l->opt->messages);
}

void load_conn_send(struct load *l, struct load_conn *c)
{
	if (c->state != CONN_OPEN)
		return;
	while (!c->blocked && !l->failed && (c->put || conn_may_start(l, c)))
		if (!conn_write(l, c))
			break;
	if (conn_done(l, c))
		load_conn_end(l, c);
}
