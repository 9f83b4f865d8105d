/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A server that hostile clients come to: for hostile.c and good_servers.c. */
#ifndef WAKELAB_TESTS_LISTENER_H
#define WAKELAB_TESTS_LISTENER_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "hostile.h"

static const struct patience usual_patience = {.times = 1};

struct server;

struct behaviour {
	const char *name;
	void (*serve)(struct server *s, int fd);
	bool half_close, deaf; /* whether these are to find it good */
};

/* A server of one connection, in a thread. */
struct server {
	const struct behaviour *behaviour;
	struct sockaddr_in address;
	int listener;
	int done[2];   /* a pipe; the end of it says that the client is done */
	unsigned full; /* writes that had no room for all */
};

static inline void listen_there(struct server *s, int backlog)
{
	socklen_t len = sizeof(s->address);

	s->address = (struct sockaddr_in){.sin_family = AF_INET,
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(s->listener >= 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&s->address, len), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&s->address, &len), 0);
	if (backlog >= 0)
		assert_int_equal(listen(s->listener, backlog), 0);
}

/* Lets a client act on the server; it keeps nothing. */
static inline bool act(const struct server *s, const char *client)
{
	const struct hostile *h = hostile_find(client);
	int kept = 7;
	bool went;

	assert_non_null(h);
	went = hostile_act(h, &s->address, &usual_patience, &kept);
	assert_int_equal(kept, -1);
	return went;
}

#endif
