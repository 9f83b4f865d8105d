// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * select: three sets of bits go into the kernel and come back changed, one bit a descriptor.
 *
 * Each call copies and scans all bits up to the highest descriptor, so its cost grows with that and
 * not with what is ready. And a set has FD_SETSIZE bits, always: a descriptor beyond them would be
 * a write past the end of the set, so such a client is refused.
 */
#include <err.h>
#include <sys/select.h>

#include "accept.h"
#include "common.h"
#include "stop.h"

static fd_set readers, writers; /* what we wait for */
static struct conn *conns[FD_SETSIZE];
static int highest;

static void wait_for(int fd, fd_set *set)
{
	FD_CLR(fd, &readers);
	FD_CLR(fd, &writers);
	if (set)
		FD_SET(fd, set);
}

static void add(struct conn *c)
{
	if (c->fd >= FD_SETSIZE) {
		say_refused("select: the connection of a client is closed: descriptor %d is not "
			    "below FD_SETSIZE (%d); "
			    "poll and the epoll models have no such limit",
			    c->fd, FD_SETSIZE);
		conn_refuse(c);
	} else {
		conns[c->fd] = c;
		wait_for(c->fd, &readers);
		if (c->fd > highest)
			highest = c->fd;
	}
}

static void serve_client(int fd)
{
	switch (conn_step(conns[fd])) {
	case CONN_OVER:
		wait_for(fd, NULL);
		conn_close(conns[fd]);
		conns[fd] = NULL;
		while (highest > listening_fd && !conns[highest])
			highest--;
		break;
	case CONN_FULL:
		wait_for(fd, &writers);
		break;
	default:
		wait_for(fd, &readers);
	}
}

int serve_select(struct server *s)
{
	struct conn *c;

	if (s->fd >= FD_SETSIZE || set_nonblocking(s->fd)) {
		warnx("select: cannot watch the listener: it is descriptor %d, and a set ends "
		      "below FD_SETSIZE (%d); start the server with fewer open files",
		      s->fd, FD_SETSIZE);
		return -1;
	}
	highest = s->fd;
	wait_for(s->fd, &readers);
	while (!stopping) {
		fd_set in = readers, out = writers;
		int last = highest, n = select(last + 1, &in, &out, NULL, NULL);

		if (!waited(s, n))
			break;
		if (n < 0)
			continue; /* EINTR leaves the sets as they were given */
		for (int fd = 0; fd <= last; fd++)
			if (conns[fd] && (FD_ISSET(fd, &in) || FD_ISSET(fd, &out)))
				serve_client(fd);
		while (FD_ISSET(s->fd, &in) &&
		       conn_accept(s, SOCK_NONBLOCK, &c)) /* a wait for each is a scan more */
			if (c)
				add(c);
	}
	conns_close();
	return stopping ? 0 : -1;
}
