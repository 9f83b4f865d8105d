// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What the models share besides connections: accepting, waiting, datagrams, epoll. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "net.h"

#define DATAGRAM_MAX 65536

static int spare = -1;

int set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

bool spare_open(void)
{
	spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return spare >= 0;
}

bool spare_give(void)
{
	/* It may have been lost to another process when the whole system was short (ENFILE). */
	if (spare < 0 && !spare_open())
		return false;
	close(spare);
	spare = -1;
	return true;
}

bool spare_take(struct server *s, int fd)
{
	if (spare_open() || fd < 0)
		return true;
	close(fd);
	tally_add(&s->tally->refused, 1);
	tally_add(&s->tally->closes, 1);
	spare_open();
	return false;
}

void client_accepted(struct server *s, int fd)
{
	int on = 1;

	tally_add(&s->tally->accepts, 1);
	if (!(s->opt.faults & FAULT_NO_NODELAY))
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int accept_once(struct server *s)
{
	int fd;

	do
		fd = accept(s->fd, NULL, NULL);
	while (fd < 0 && errno == EINTR);
	if (fd >= 0)
		client_accepted(s, fd);
	else if (errno == EAGAIN)
		tally_add(&s->tally->eagain, 1);
	return fd;
}

/*
 * Without a free descriptor a client can be neither taken nor told, and its connection would keep
 * the listener ready for ever: take it in the place of the spare one, and close it. Gives its
 * descriptor after all when meanwhile another one became free.
 */
static int accept_spare(struct server *s)
{
	if (!spare_give())
		return -1;

	int fd = accept_once(s), err = errno;
	bool kept = spare_take(s, fd);

	errno = kept ? err : ECONNABORTED;
	return kept ? fd : -1;
}

bool conn_accept(struct server *s, struct conn **conn)
{
	int fd = accept_once(s);

	*conn = NULL;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		fd = accept_spare(s);
	if (fd >= 0) {
		*conn = conn_new(s, fd);
		return true;
	}
	switch (errno) {
	case EINVAL: /* shut down: here, or by another process that serves it too */
		stopping = 1;
		return false;
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		return false;
	default: /* that client's own error: it left before it was accepted */
		return true;
	}
}

bool waited(struct server *s, int ret)
{
	tally_add(&s->tally->waits, 1);
	if (ret >= 0 || errno == EINTR)
		return true;
	warn("%s: %s", s->model->name, s->model->wait_call);
	return false;
}

void say_refused(const char *format, ...)
{
	struct pollfd to = {.fd = STDERR_FILENO, .events = POLLOUT};
	static bool said;
	va_list args;

	if (said || poll(&to, 1, 0) != 1 || !(to.revents & POLLOUT))
		return;
	said = true;
	va_start(args, format);
	vwarnx(format, args);
	va_end(args);
}

/* Whether this socket is what sent from there: bound to that address, or to all. */
static bool is_own(const struct server *s, const struct address *from)
{
	struct address own = {.len = sizeof(own.sa)};

	if (address_port(from) != s->opt.port ||
	    getsockname(s->fd, (struct sockaddr *)&own.sa, &own.len))
		return false;
	return address_is_any(&own) ? address_is_local(from) : address_same(&own, from);
}

bool datagram_echo(struct server *s)
{
	static char buf[DATAGRAM_MAX];
	size_t size = s->opt.read_size < sizeof(buf) ? s->opt.read_size : sizeof(buf);
	struct address from = {.len = sizeof(from.sa)};
	struct sockaddr *sa = (struct sockaddr *)&from.sa;
	ssize_t n = recvfrom(s->fd, buf, size, 0, sa, &from.len);

	if (n < 0 && errno == EAGAIN) {
		tally_add(&s->tally->eagain, 1);
		return false;
	}
	if (n < 0)
		return true;
	if (n > 0)
		tally_add(&s->tally->reads, 1);
	tally_add(&s->tally->bytes_in, n);
	if (is_own(s, &from))
		return true;

	ssize_t sent;

	/* A full output queue empties by itself, at the speed of the link: try until it has room.
	 */
	while ((sent = sendto(s->fd, buf, n, 0, sa, from.len)) < 0 && errno == EAGAIN && !stopping)
		tally_add(&s->tally->eagain, 1);
	if (sent > 0)
		tally_add(&s->tally->bytes_out, sent);
	return true;
}

void die_with_parent(int parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it died before the line above */
		_exit(1);
}

int epoll_open(struct server *s, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = NULL};
	int ep = epoll_create1(EPOLL_CLOEXEC);

	if (ep < 0 || set_nonblocking(s->fd) || epoll_ctl(ep, EPOLL_CTL_ADD, s->fd, &ev)) {
		warn("%s: cannot set up epoll", s->model->name);
		if (ep >= 0)
			close(ep);
		return -1;
	}
	return ep;
}

void epoll_arm(int ep, struct conn *c, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};
	int op = c->state ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	/* Noted first: from the call on, another thread may be serving this connection. */
	c->state = events;
	if (epoll_ctl(ep, op, c->fd, &ev))
		conn_refuse(c);
}

void epoll_want(int ep, struct conn *c, uint32_t events)
{
	if (c->state != events)
		epoll_arm(ep, c, events);
}
