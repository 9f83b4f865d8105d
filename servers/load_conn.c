// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * One connection of the load client. Sockets are registered once, edge-triggered, and an event is
 * worked off until the socket has no more: in the steady state a message costs one send, one
 * receive and its share of an epoll_wait. Messages and bytes are numbered from 0.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load_conn.h"

#define UDP_RCVBUF (4 << 20) /* asked for; net.core.rmem_max decides */

/*
 * The bytes of a message. Both factors are odd, so within 65536 messages no two of a connection
 * begin at the same place, and neither do two connections' messages of the same number.
 */
static const unsigned char *message(const struct load *l, unsigned conn, uint64_t msg)
{
	return l->pattern + ((msg * 25171 + conn * 40503ULL) & (LOAD_STARTS - 1));
}

static struct flight *flight_at(const struct load_conn *c, unsigned i)
{
	return &c->flights[(c->head + i) & (c->capacity - 1)];
}

static bool flights_grow(struct load_conn *c)
{
	unsigned capacity = c->capacity ? 2 * c->capacity : 4;
	struct flight *grown = calloc(capacity, sizeof(*grown));

	if (!grown)
		return false;
	for (unsigned i = 0; i < c->count; i++)
		grown[i] = *flight_at(c, i);
	free(c->flights);
	c->flights = grown;
	c->capacity = capacity;
	c->head = 0;
	return true;
}

/* Takes flight i out of the ring; the older ones, lost or late datagrams, move up. */
static struct flight flight_take(struct load *l, struct load_conn *c, unsigned i)
{
	struct flight taken = *flight_at(c, i);

	for (; i > 0; i--)
		*flight_at(c, i) = *flight_at(c, i - 1);
	c->head = (c->head + 1) & (c->capacity - 1);
	c->count--;
	l->in_flight--;
	return taken;
}

unsigned load_conn_unanswered(const struct load_conn *c)
{
	return c->count - (c->put ? 1 : 0);
}

static void conn_broke(struct load *l, struct load_conn *c, int error)
{
	if (l->opt->transport == TRANSPORT_UDP && error == ECONNREFUSED)
		load_fail_connect(l, error);
	else
		load_fail(l, "connection %u: %s with %u messages unanswered", c->id,
			  error == ECONNRESET || error == EPIPE ? "the server reset it"
								: strerror(error),
			  load_conn_unanswered(c));
}

/* An echo is wrong: it counts against the oldest message, whose place it took. */
static void conn_mismatch(struct load *l, struct load_conn *c)
{
	l->r->mismatches++;
	if (!c->count)
		return;
	if (c->count == 1)
		c->put = 0;
	flight_take(l, c, 0);
}

static void conn_differs(struct load *l, struct load_conn *c, const unsigned char *want,
			 const unsigned char *got, uint64_t msg, size_t offset)
{
	size_t i = 0;

	while (want[i] == got[i])
		i++;
	load_fail(
		l,
		"connection %u: echo differed at byte %zu of message %llu: sent 0x%02x, got 0x%02x",
		c->id, offset + i, (unsigned long long)msg, want[i], got[i]);
	conn_mismatch(l, c);
}

static void conn_unasked(struct load *l, struct load_conn *c, size_t n)
{
	load_fail(l, "connection %u: %zu bytes came that echo nothing", c->id, n);
	conn_mismatch(l, c);
}

/* The echo of flight i is whole and equal. */
static void conn_echoed(struct load *l, struct load_conn *c, unsigned i, uint64_t now)
{
	struct flight f = flight_take(l, c, i);

	hist_add(&l->r->latency, now - f.when);
	l->r->messages++;
	l->r->bytes += l->opt->size;
	l->r->elapsed_ns = now - l->start;
	if (!c->proven) {
		c->proven = true;
		if (l->unproven)
			l->unproven--;
	}
}

/* Compares n bytes of the stream with what was sent; several echoes may lie in them. */
static void conn_verify_stream(struct load *l, struct load_conn *c, size_t n, uint64_t now)
{
	const unsigned char *p = l->buffer;
	size_t size = l->opt->size;

	while (n) {
		/* Only the last flight can be in hand, and its echo not longer than its start. */
		size_t sent = !c->count ? 0 : c->count == 1 && c->put ? c->put : size;
		size_t take = n < sent - c->got ? n : sent - c->got;
		const unsigned char *want;
		uint64_t msg;

		if (!take) {
			conn_unasked(l, c, n);
			return;
		}
		msg = flight_at(c, 0)->msg;
		want = message(l, c->id, msg) + c->got;
		if (memcmp(p, want, take)) {
			conn_differs(l, c, want, p, msg, c->got);
			return;
		}
		p += take;
		n -= take;
		c->got += take;
		if (c->got == size) {
			c->got = 0;
			conn_echoed(l, c, 0, now);
		}
	}
}

/* Finds the message that a datagram echoes: the oldest, unless some were lost or reordered. */
static void conn_verify_datagram(struct load *l, struct load_conn *c, size_t n, uint64_t now)
{
	uint64_t msg;

	if (!c->count) {
		conn_unasked(l, c, n);
		return;
	}
	msg = flight_at(c, 0)->msg;
	if (n != l->opt->size) {
		load_fail(l, "connection %u: echo of message %llu has %zu bytes, %zu were sent",
			  c->id, (unsigned long long)msg, n, l->opt->size);
		conn_mismatch(l, c);
		return;
	}
	for (unsigned i = 0; i < c->count; i++) {
		if (!memcmp(l->buffer, message(l, c->id, flight_at(c, i)->msg), n)) {
			conn_echoed(l, c, i, now);
			return;
		}
	}
	conn_differs(l, c, message(l, c->id, msg), l->buffer, msg, 0);
}

static void conn_eof(struct load *l, struct load_conn *c)
{
	l->progress = load_now();
	if (c->state == CONN_CLOSING)
		load_conn_close(l, c);
	else if (c->id >= l->active)
		load_fail(l, "connection %u: the server closed it while it was idle", c->id);
	else
		load_fail(l, "connection %u: the server closed it with %u messages unanswered",
			  c->id, load_conn_unanswered(c));
}

/*
 * Receives until the socket has no more. A short receive from a stream says so (epoll(7)), save
 * that an end which was reported together with the data makes no event of its own.
 */
static void conn_receive(struct load *l, struct load_conn *c, bool hangup)
{
	bool stream = l->opt->transport == TRANSPORT_TCP;

	while (!l->failed) {
		ssize_t n = recv(c->fd, l->buffer, LOAD_BUFFER, 0);

		if (n < 0) {
			if (errno != EAGAIN && errno != EINTR)
				conn_broke(l, c, errno);
			if (errno != EINTR)
				return;
			continue;
		}
		if (!n && stream) {
			conn_eof(l, c);
			return;
		}
		l->progress = load_now();
		if (stream)
			conn_verify_stream(l, c, n, l->progress);
		else
			conn_verify_datagram(l, c, n, l->progress);
		if (stream ? n < LOAD_BUFFER && !hangup : !c->count)
			return;
	}
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

	if (c->count == c->capacity && !flights_grow(c)) {
		load_fail(l, "out of memory");
		return false;
	}
	if (!l->in_flight++)
		l->progress = now;
	c->count++;
	*flight_at(c, c->count - 1) = (struct flight){.msg = c->started++, .when = when};
	return true;
}

/*
 * Has epoll report what is worth an event. UDP asks for EPOLLOUT only once a send has failed for
 * want of room: its sockets have an edge there after every datagram.
 */
static int conn_watch(struct load *l, struct load_conn *c, int op)
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
		conn_broke(l, c, error);
		return false;
	}
	c->blocked = true;
	if (l->opt->transport == TRANSPORT_UDP && conn_watch(l, c, EPOLL_CTL_MOD) < 0)
		conn_broke(l, c, errno);
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
	uint64_t now = c->put ? 0 : load_now();
	size_t len = opt->size - c->put;
	ssize_t n;

	if (!conn_urge(l, c))
		return false;
	if (opt->fragment && len > opt->fragment - c->put % opt->fragment)
		len = opt->fragment - c->put % opt->fragment;
	n = send(c->fd, message(l, c->id, msg) + c->put, len, MSG_NOSIGNAL);
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

/* Has the close that follows send a RST. */
static void conn_reset(struct load *l, struct load_conn *c)
{
	struct linger now = {.l_onoff = 1};

	if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)) < 0)
		conn_broke(l, c, errno);
	load_conn_close(l, c);
}

void load_conn_end(struct load *l, struct load_conn *c)
{
	l->progress = load_now();
	if (l->opt->reset) {
		conn_reset(l, c);
		return;
	}
	if (l->opt->transport == TRANSPORT_UDP) {
		/* A second echo of a message may have come in the meantime. */
		ssize_t n = recv(c->fd, l->buffer, LOAD_BUFFER, 0);

		if (n >= 0)
			conn_unasked(l, c, n);
		load_conn_close(l, c);
		return;
	}
	c->state = CONN_CLOSING;
	l->closing++;
	if (shutdown(c->fd, SHUT_WR) < 0)
		conn_broke(l, c, errno);
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

static void conn_established(struct load *l, struct load_conn *c)
{
	if (c->state == CONN_CONNECTING)
		l->connecting--;
	c->state = CONN_OPEN;
	l->r->connections++;
	l->progress = load_now();
	load_conn_send(l, c);
}

/* The event that ends a connect; true when the connection stands. */
static bool conn_connected(struct load *l, struct load_conn *c, uint32_t events)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error) {
		load_fail_connect(l, error);
		return false;
	}
	if (!(events & EPOLLOUT))
		return false;
	conn_established(l, c);
	return true;
}

void load_conn_event(struct load *l, struct load_conn *c, uint32_t events)
{
	if (c->state == CONN_CLOSED ||
	    (c->state == CONN_CONNECTING && !conn_connected(l, c, events)))
		return;
	if (events & EPOLLOUT)
		c->blocked = false;
	if (events & ~EPOLLOUT)
		conn_receive(l, c, events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
	load_conn_send(l, c);
}

static int conn_socket(const struct load *l)
{
	bool stream = l->opt->transport == TRANSPORT_TCP;
	int one = 1, room = UDP_RCVBUF;
	int fd = socket(l->address.sa.ss_family,
			(stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	/* Neither is vital: what they cannot give shows in the measurement. */
	if (stream)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	else
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return fd;
}

void load_conn_open(struct load *l, struct load_conn *c)
{
	int err;

	c->fd = conn_socket(l);
	if (c->fd < 0) {
		load_fail(l, "cannot open a socket for connection %u: %s", c->id, strerror(errno));
		return;
	}
	err = connect(c->fd, (struct sockaddr *)&l->address.sa, l->address.len) < 0 ? errno : 0;
	if (err && err != EINPROGRESS) {
		load_fail_connect(l, err);
		return;
	}
	if (conn_watch(l, c, EPOLL_CTL_ADD) < 0) {
		load_fail(l, "cannot watch connection %u: %s", c->id, strerror(errno));
		return;
	}
	if (err) {
		c->state = CONN_CONNECTING;
		l->connecting++;
	} else {
		conn_established(l, c);
	}
}
