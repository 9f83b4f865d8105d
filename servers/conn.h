/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Connections: the echo step that every TCP model takes, and the list of all of them. */
#ifndef WAKELAB_CONN_H
#define WAKELAB_CONN_H

#include "model.h"

/*
 * A client's connection. What was read lies in buf; [start, end) of it is output that the socket
 * has not taken yet. Nothing is read while output is pending, so a client that does not read its
 * echoes is no longer read from, and the end of its input is seen after its last byte went out.
 * (uring reads ahead a little: there, this is the first of a few buffers of its own.)
 */
struct conn {
	int fd;
	unsigned state; /* the events that it is registered for (epoll) */
	size_t start, end;
	struct server *server;
	struct conn *next, **link; /* all connections of this process */
	char buf[];
};

enum conn_step {
	CONN_MORE,  /* done; there may be more to read */
	CONN_EMPTY, /* EAGAIN: all input was read */
	CONN_FULL,  /* EAGAIN: output is pending until the socket takes more */
	CONN_OVER,  /* end of input or an error: close it */
};

/*
 * A connection for an accepted descriptor, with room for so many bytes in buf; NULL, and the
 * descriptor closed, without memory.
 */
struct conn *conn_new(struct server *s, int fd, size_t room);
/*
 * The echo, one step of it: finishes pending output or, when there is none, reads once and writes
 * what came. Waits in read and write only when the descriptor is a blocking one.
 */
enum conn_step conn_step(struct conn *c);
/* Takes the urgent byte that EPOLLPRI told of; it is no part of the stream, and is not echoed. */
void conn_take_urgent(struct conn *c);
/* Closes and frees it. */
void conn_close(struct conn *c);
/* The same, and counted as refused. */
void conn_refuse(struct conn *c);
/* Closes and frees this process's copy of it: another process serves it. */
void conn_forget(struct conn *c);
/* Takes it out of the list of connections; its owner closes the descriptor and frees it. */
void conn_unlink(struct conn *c);

static inline bool conn_pending(const struct conn *c)
{
	return c->start < c->end;
}
/* Accounts for a read that gave n > 0 bytes. */
void conn_received(const struct conn *c, size_t n);
/* The same, and they lie in buf. */
void conn_filled(struct conn *c, size_t n);
/* n bytes of the pending output were taken. */
void conn_drained(struct conn *c, size_t n);
/* How many bytes the next write is given. */
size_t conn_chunk(const struct conn *c);

/* The first of all connections (conn.next leads on), and how many there are. */
struct conn *conns_first(void);
size_t conns_count(void);
/* Ends the input and output of all connections, so that whoever serves them sees the end. */
void conns_shutdown(void);
/* Sleeps until others have closed the last one. */
void conns_wait(void);
/* Closes all of them. */
void conns_close(void);

#endif
