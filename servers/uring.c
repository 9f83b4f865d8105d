// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * uring: completions instead of readiness. Requests go into one ring shared with the kernel and
 * their results come out of another; io_uring_enter() submits all new ones and waits, at once.
 *
 * The server never asks whether a socket is ready. It says "receive into this buffer" and is told
 * when that was done, so each connection always has one request in flight: a receive, a send or,
 * at its end, a close.
 */
#include <err.h>
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "accept.h"
#include "common.h"
#include "stopping.h"

#define ENTRIES 1024
#define BATCH   (ENTRIES / 2) /* a completion leads to two new requests at most */

enum request { RECEIVE, SEND, CLOSE };

static struct io_uring ring;
static size_t in_flight;
static bool spare_given;

/* Never NULL: no more than BATCH completions are handled between two submissions. */
static struct io_uring_sqe *request(void)
{
	in_flight++;
	return io_uring_get_sqe(&ring);
}

static void accept_next(struct server *s)
{
	struct io_uring_sqe *sqe = request();

	io_uring_prep_accept(sqe, s->fd, NULL, NULL, 0);
	io_uring_sqe_set_data(sqe, NULL);
}

static void ask(struct conn *c, enum request what)
{
	struct io_uring_sqe *sqe = request();

	if (what == RECEIVE)
		io_uring_prep_recv(sqe, c->fd, c->buf, c->server->opt.read_size, 0);
	else if (what == SEND)
		io_uring_prep_send(sqe, c->fd, c->buf + c->start, conn_chunk(c), MSG_NOSIGNAL);
	else
		io_uring_prep_close(sqe, c->fd);
	io_uring_sqe_set_data(sqe, c);
	c->state = what;
}

/* Gives whether to go on accepting. */
static bool accepted(struct server *s, int fd)
{
	bool kept = true;

	if (fd >= 0)
		client_accepted(s, fd);
	if (spare_given)
		kept = spare_take(s, fd);
	spare_given = (fd == -EMFILE || fd == -ENFILE) && spare_give();
	if (fd >= 0 && kept) {
		struct conn *c = conn_new(s, fd);

		if (c)
			ask(c, RECEIVE);
	}
	return fd != -EINVAL; /* the listener was shut down */
}

static void completed(struct conn *c, int n)
{
	if (c->state == CLOSE) {
		tally_add(&c->server->tally->closes, 1);
		free(c);
		return;
	}
	if (n > 0 && c->state == RECEIVE)
		conn_filled(c, n);
	else if (n > 0)
		conn_drained(c, n);

	if (n > 0 || n == -EINTR || n == -EAGAIN) {
		ask(c, conn_pending(c) ? SEND : RECEIVE);
	} else {
		conn_unlink(c); /* its descriptor may be another's before the close is reported */
		ask(c, CLOSE);
	}
}

static void handle_completions(struct server *s)
{
	struct io_uring_cqe *cqe;
	unsigned head, n = 0;

	io_uring_for_each_cqe(&ring, head, cqe)
	{
		if (n++ == BATCH)
			break;
		if (io_uring_cqe_get_data(cqe))
			completed(io_uring_cqe_get_data(cqe), cqe->res);
		else if (accepted(s, cqe->res))
			accept_next(s);
		else
			stopping = 1;
		in_flight--;
	}
	io_uring_cq_advance(&ring, n < BATCH ? n : BATCH);
}

int serve_uring(struct server *s)
{
	int err = io_uring_queue_init(ENTRIES, &ring, 0);
	bool ending = false;

	if (err < 0) {
		warnx("uring: io_uring_setup: %s; see kernel.io_uring_disabled, seccomp and "
		      "RLIMIT_MEMLOCK",
		      strerror(-err));
		return -1;
	}
	accept_next(s);
	while (in_flight) { /* the kernel may write into a buffer for as long */
		int n = io_uring_submit_and_wait(&ring, 1);

		errno = n < 0 ? -n : 0;
		if (!waited(s, n) && n != -EBUSY && n != -EAGAIN)
			break;
		handle_completions(s);
		if (stopping && !ending) {
			ending = true;
			conns_shutdown(); /* completes their requests; a close follows each */
		}
	}
	io_uring_queue_exit(&ring);
	return in_flight ? -1 : 0;
}
