// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "accept.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stopping.h"

static int spare = -1;

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

static int accept_once(struct server *s, int flags)
{
	int fd;

	do
		fd = accept4(s->fd, NULL, NULL, flags | SOCK_CLOEXEC);
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
static int accept_spare(struct server *s, int flags)
{
	if (!spare_give())
		return -1;

	int fd = accept_once(s, flags), err = errno;
	bool kept = spare_take(s, fd);

	errno = kept ? err : ECONNABORTED;
	return kept ? fd : -1;
}

bool conn_accept(struct server *s, int flags, struct conn **conn)
{
	int fd = accept_once(s, flags);

	*conn = NULL;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		fd = accept_spare(s, flags);
	if (fd >= 0) {
		*conn = conn_new(s, fd, s->opt.read_size);
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
