// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Sockets are registered once, edge-triggered, and an event is worked off until the socket has no
 * more: in the steady state a message costs one send, one receive and its share of an epoll_wait.
 * Messages and bytes are numbered from 0.
 */
#include "load_conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>

#include "closing.h"
#include "receiving.h"
#include "sending.h"

#define UDP_RCVBUF (4 << 20) /* asked for; net.core.rmem_max decides */

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

static void conn_established(struct load *l, struct load_conn *c)
{
	if (c->state == CONN_CONNECTING)
		l->connecting--;
	c->state = CONN_OPEN;
	l->r->connections++;
	l->progress = now_ns();
	load_conn_send(l, c);
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
	if (load_conn_watch(l, c, EPOLL_CTL_ADD) < 0) {
		load_fail(l, "cannot register connection %u with epoll: %s", c->id,
			  strerror(errno));
		return;
	}
	if (err) {
		c->state = CONN_CONNECTING;
		l->connecting++;
	} else {
		conn_established(l, c);
	}
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

void load_conn_settle(struct load *l, struct load_conn *c)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	if (!getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &len) &&
	    info.tcpi_state != TCP_SYN_SENT && info.tcpi_state != TCP_CLOSE)
		conn_established(l, c);
	else
		load_conn_close(l, c);
}

void load_conn_event(struct load *l, struct load_conn *c, uint32_t events)
{
	if (c->state == CONN_CLOSED ||
	    (c->state == CONN_CONNECTING && !conn_connected(l, c, events)))
		return;
	if (events & EPOLLOUT)
		c->blocked = false;
	if (events & ~EPOLLOUT)
		load_conn_receive(l, c, events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
	load_conn_send(l, c);
}
