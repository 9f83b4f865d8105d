/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the models share: connections, the echo step, and what the stop signals reach. */
#ifndef WAKELAB_NET_H
#define WAKELAB_NET_H

#include "model.h"

#define EVENTS_MAX 256 /* reports taken by one epoll_wait */

/*
 * A client's connection. What was read lies in buf; [start, end) of it is output that the socket
 * has not taken yet. Nothing is read while output is pending, so a client that does not read its
 * echoes is no longer read from, and the end of its input is seen after its last byte went out.
 */
struct conn {
	int fd;
	unsigned state; /* the model's own: events registered (epoll), request in flight (uring) */
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

/* Sets O_NONBLOCK; 0, or -1 with errno. */
int set_nonblocking(int fd);

/*
 * Accepts once. False: nobody was waiting, or the listener is shut down (then stopping is set).
 * True: one client was dealt with, and *conn is its connection, with the listener's O_NONBLOCK, or
 * NULL when it could not be kept.
 */
bool conn_accept(struct server *s, struct conn **conn);
/* A connection for an accepted descriptor; NULL, and the descriptor closed, without memory. */
struct conn *conn_new(struct server *s, int fd);
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
/* n > 0 bytes were read into buf. */
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

/*
 * Accounts for a return of the model's wait call, whose result was ret. False, after a line on
 * stderr, when it failed for good.
 */
bool waited(struct server *s, int ret);
/*
 * Says on stderr why a client is refused: the first time only, for clients may come without end,
 * and only if that does not have to wait for whoever reads it. All are counted, see conn_refuse().
 */
__attribute__((format(printf, 1, 2))) void say_refused(const char *format, ...);
/*
 * Echoes one datagram; false when there was none (EAGAIN). One that claims to come from this very
 * socket is read and dropped: the answer would be the next such.
 */
bool datagram_echo(struct server *s);
/* In a child just forked by parent: die with it, however it dies. */
void die_with_parent(int parent);
/*
 * A new epoll with the listener, made non-blocking, registered for events under a NULL pointer;
 * -1 after a line on stderr.
 */
int epoll_open(struct server *s, uint32_t events);
/* Registers a connection under its address, or re-arms it with EPOLL_CTL_MOD. */
void epoll_arm(int ep, struct conn *c, uint32_t events);
/* The same, without a syscall when it is registered for these events already. */
void epoll_want(int ep, struct conn *c, uint32_t events);

/* Descriptors that a stop signal shuts down: what sleeps on them wakes. -1: none. */
extern volatile sig_atomic_t listening_fd, serving_fd;
/* A signal that a stop signal raises besides, for a model that sleeps until one; 0: none. */
extern volatile sig_atomic_t stop_signal;

/* A descriptor held in reserve for conn_accept(); false with errno. */
bool spare_open(void);
/*
 * An accept found no free descriptor: give up the spare one, so that the next accept succeeds.
 * False when there was none to give.
 */
bool spare_give(void);
/* After that accept: takes the spare one back. False: fd had to be closed for it, and counts as
 * refused. */
bool spare_take(struct server *s, int fd);
/* Accounts for an accepted descriptor and sets its options. */
void client_accepted(struct server *s, int fd);

int serve_blocking(struct server *s);
int serve_fork(struct server *s);
int serve_thread(struct server *s);
int serve_nonblocking(struct server *s);
int serve_select(struct server *s);
int serve_poll(struct server *s);
int serve_epoll_lt(struct server *s);
int serve_epoll_et(struct server *s);
int serve_epoll_oneshot(struct server *s);
int serve_epoll_exclusive(struct server *s);
int serve_sigio(struct server *s);
int serve_sigio_rt(struct server *s);
int serve_uring(struct server *s);
int serve_aio(struct server *s);

#endif
