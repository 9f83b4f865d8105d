// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * poll: an array of descriptors goes into the kernel, and comes back with what is ready in revents.
 *
 * No limit on the descriptors, and events and revents are apart, so nothing has to be set up again
 * for each call. But each call still copies and scans the whole array.
 */
#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "accept.h"
#include "common.h"
#include "stopping.h"

static struct pollfd *fds;  /* [0] is the listener */
static struct conn **conns; /* conns[i] is the connection of fds[i] */
static size_t n_fds, max_fds;

static bool room_for_one(void)
{
	size_t max = max_fds ? 2 * max_fds : 64;
	void *p;

	if (n_fds < max_fds)
		return true;
	p = realloc(fds, max * sizeof(*fds));
	if (!p)
		return false;
	fds = p;
	/* An array of pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
	p = realloc(conns, max * sizeof(*conns));
	if (!p)
		return false;
	conns = p;
	max_fds = max;
	return true;
}

static bool add(int fd, struct conn *c)
{
	if (!room_for_one())
		return false;
	fds[n_fds] = (struct pollfd){.fd = fd, .events = POLLIN};
	conns[n_fds++] = c;
	return true;
}

static void serve_client(size_t i)
{
	switch (conn_step(conns[i])) {
	case CONN_OVER:
		conn_close(conns[i]);
		fds[i] = fds[--n_fds]; /* the last one fills the gap: it was served already */
		conns[i] = conns[n_fds];
		break;
	case CONN_FULL:
		fds[i].events = POLLOUT;
		break;
	default:
		fds[i].events = POLLIN;
	}
}

int serve_poll(struct server *s)
{
	struct conn *c;

	if (set_nonblocking(s->fd) || !add(s->fd, NULL)) {
		warn("%s: cannot allocate the array for poll", s->model->name);
		return -1;
	}
	while (!stopping) {
		int n = poll(fds, n_fds, -1);

		if (!waited(s, n))
			break;
		if (n < 0)
			continue; /* EINTR: revents were not filled in */
		for (size_t i = n_fds - 1; i > 0; i--)
			if (fds[i].revents)
				serve_client(i);
		while (fds[0].revents &&
		       conn_accept(s, SOCK_NONBLOCK, &c)) /* all: a wait for each is a scan more */
			if (c && !add(c->fd, c))
				conn_refuse(c);
	}
	conns_close();
	free(fds);
	free(conns);
	return stopping ? 0 : -1;
}
