// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * aio: POSIX AIO, as glibc does it: aio_read() hands the call to a helper thread, which sleeps in
 * it. Nothing is asynchronous but the look of it, and on a socket each read is first a pread64 that
 * fails with ESPIPE.
 *
 * The main thread sleeps inside accept(). When a read is done glibc starts one more thread
 * (SIGEV_THREAD), which writes the echo and asks for the next read. A pending read keeps its
 * helper, so there have to be as many helpers as clients: glibc's usual 20 would let 20 idle
 * clients starve everybody else.
 */
#include <aio.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "accept.h"
#include "common.h"
#include "stopping.h"
#include "tasks.h"

#define CLIENTS_MAX 10240 /* one helper thread each */

struct request {
	struct aiocb cb;
	struct conn *conn;
};

static void read_done(union sigval v);

static void prepare(struct request *r, char *buf, size_t n)
{
	memset(&r->cb, 0, sizeof(r->cb));
	r->cb.aio_fildes = r->conn->fd;
	r->cb.aio_buf = buf;
	r->cb.aio_nbytes = n;
	r->cb.aio_sigevent.sigev_notify = SIGEV_NONE;
}

static void over(struct request *r)
{
	conn_close(r->conn);
	free(r);
}

static void read_next(struct request *r)
{
	char why[TASKS_REFUSED_LEN];

	prepare(r, r->conn->buf, r->conn->server->opt.read_size);
	r->cb.aio_sigevent.sigev_notify = SIGEV_THREAD;
	r->cb.aio_sigevent.sigev_notify_function = read_done;
	r->cb.aio_sigevent.sigev_value.sival_ptr = r;
	if (aio_read(&r->cb)) {
		say_refused("aio: the connection of a client is closed: aio_read fails with %s",
			    tasks_refused(errno, why, sizeof(why)));
		over(r);
	}
}

static bool write_all(struct request *r)
{
	const struct aiocb *list[] = {&r->cb};
	struct conn *c = r->conn;

	while (conn_pending(c)) {
		ssize_t n;

		prepare(r, c->buf + c->start, conn_chunk(c));
		if (aio_write(&r->cb))
			return false;
		while (aio_error(&r->cb) == EINPROGRESS)
			aio_suspend(list, 1, NULL);
		n = aio_return(&r->cb);
		if (n < 0)
			return false;
		conn_drained(c, n);
	}
	return true;
}

static void read_done(union sigval v)
{
	struct request *r = v.sival_ptr;
	ssize_t n = aio_return(&r->cb);

	if (n > 0)
		conn_filled(r->conn, n);
	if (n > 0 && write_all(r))
		read_next(r);
	else
		over(r);
}

static void serve_client(struct conn *c)
{
	struct request *r = conns_count() <= CLIENTS_MAX ? malloc(sizeof(*r)) : NULL;

	if (!r) {
		say_refused("aio: the connection of a client is closed: all %d helper threads are "
			    "busy; the model uring "
			    "needs none",
			    CLIENTS_MAX);
		conn_refuse(c);
		return;
	}
	r->conn = c;
	read_next(r);
}

int serve_aio(struct server *s)
{
	struct aioinit init = {.aio_threads = CLIENTS_MAX, .aio_num = CLIENTS_MAX};
	struct conn *c;

	aio_init(&init);
	while (!stopping)
		if (conn_accept(s, 0, &c) && c)
			serve_client(c);
	conns_shutdown(); /* every read sees the end of its input */
	conns_wait();
	return 0;
}
