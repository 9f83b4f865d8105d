// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * uring: completions instead of readiness. Requests go into one ring shared with the kernel and
 * their results come out of another; io_uring_enter() submits all new ones and waits, at once.
 *
 * The server never asks whether a socket is ready. It says "receive" once, and is told each time
 * that something was received; it says "send" and is told when that was done. What comes while an
 * echo is being sent waits in a queue: two sends at a time could overtake one another. A client
 * that does not read its echoes is not received from any longer.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "accept.h"
#include "common.h"
#include "stopping.h"
#include "uring_ring.h"

#define BATCH     (RING_ENTRIES / 2) /* a completion leads to two new requests at most */
#define QUEUE_MAX 16                 /* buffers, after which receiving pauses */

/* Of each kind a client has one in flight at most. */
enum request { ACCEPT, RECEIVE, SEND, CANCEL, CLOSE };

#define REQUEST 7ULL /* the bits of user_data that hold it; the others are the client's address */

struct client {
	struct conn *conn;            /* whose pending output is in the first buffer of the queue */
	struct buffer *first, **last; /* received, and not all sent yet */
	struct buffer *own;           /* see ring_buffer() */
	unsigned queued;
	unsigned in_flight; /* a bit for each request */
	bool over;          /* nothing more is to be received */
};

static size_t in_flight;
static bool spare_given;

static void submit(struct io_uring_sqe *sqe, struct client *c, enum request what)
{
	io_uring_sqe_set_data64(sqe, (uintptr_t)c | what);
	in_flight++;
}

static void accept_clients(struct server *s)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	ring_prep_accept(sqe, s->fd);
	submit(sqe, NULL, ACCEPT);
}

static void ask(struct client *c, enum request what)
{
	/* Never NULL: no more than BATCH completions are handled between two submissions. */
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
	struct conn *conn = c->conn;

	if (what == RECEIVE)
		ring_prep_receive(sqe, conn->fd, c->own);
	else if (what == SEND)
		io_uring_prep_send(sqe, conn->fd, c->first->data + conn->start, conn_chunk(conn),
				   MSG_NOSIGNAL);
	else if (what == CANCEL)
		io_uring_prep_cancel64(sqe, (uintptr_t)c | RECEIVE, 0);
	else
		io_uring_prep_close(sqe, conn->fd);
	submit(sqe, c, what);
	c->in_flight |= 1 << what;
}

static bool busy(const struct client *c, enum request what)
{
	return c->in_flight & 1 << what;
}

/* Asks for what this client needs next. */
static void go_on(struct client *c)
{
	if (c->first && !busy(c, SEND))
		ask(c, SEND);
	if (!c->first && !c->over && !busy(c, RECEIVE)) {
		c->over = !ring_buffer(&c->own);
		if (!c->over)
			ask(c, RECEIVE);
	}
	if (busy(c, RECEIVE) && !busy(c, CANCEL) && (c->over || c->queued >= QUEUE_MAX))
		ask(c, CANCEL);
	if (c->over && !c->first && !c->in_flight) {
		conn_unlink(c->conn); /* its descriptor may be another's before this completes */
		ask(c, CLOSE);
	}
}

static void client_new(struct server *s, int fd)
{
	struct conn *conn = conn_new(s, fd, 0);
	struct client *c = conn ? malloc(sizeof(*c)) : NULL;

	if (c) {
		*c = (struct client){.conn = conn, .last = &c->first};
		go_on(c);
	} else if (conn) {
		conn_refuse(conn);
	}
}

static void accepted(struct server *s, int fd)
{
	bool kept = true;

	if (fd >= 0)
		client_accepted(s, fd);
	if (spare_given)
		kept = spare_take(s, fd);
	spare_given = (fd == -EMFILE || fd == -ENFILE) && spare_give();
	if (fd >= 0 && kept)
		client_new(s, fd);
}

/* Whether what ended so may succeed when it is asked for again. */
static bool passing(int error)
{
	return error == -EINTR || error == -EAGAIN || error == -ENOBUFS || error == -ECANCELED;
}

static void next_is_first(struct client *c)
{
	c->conn->start = 0;
	c->conn->end = c->first ? c->first->len : 0;
}

static void enqueue(struct client *c, struct buffer *b)
{
	b->next = NULL;
	*c->last = b;
	c->last = &b->next;
	if (!c->queued++)
		next_is_first(c);
}

static void leave_queue(struct client *c)
{
	struct buffer *b = c->first;

	c->first = b->next;
	if (!c->first)
		c->last = &c->first;
	c->queued--;
	buffer_free(b);
	next_is_first(c);
}

static void received(struct client *c, const struct io_uring_cqe *cqe)
{
	struct buffer *b = ring_received(cqe, &c->own);

	if (b) {
		conn_received(c->conn, b->len);
		enqueue(c, b);
	} else if (!passing(cqe->res)) {
		c->over = true;
	}
}

static void sent(struct client *c, int n)
{
	if (n > 0) {
		conn_drained(c->conn, n);
		if (!conn_pending(c->conn))
			leave_queue(c);
	} else if (!passing(n)) {
		while (c->first)
			leave_queue(c);
		c->over = true;
	}
}

static void closed(struct client *c)
{
	tally_add(&c->conn->server->tally->closes, 1);
	buffer_free(c->own);
	free(c->conn);
	free(c);
}

static void completed(struct client *c, enum request what, const struct io_uring_cqe *cqe)
{
	if (!(cqe->flags & IORING_CQE_F_MORE))
		c->in_flight &= ~(1 << what);
	if (what == CLOSE) {
		closed(c);
		return;
	}
	if (what == RECEIVE)
		received(c, cqe);
	else if (what == SEND)
		sent(c, cqe->res);
	go_on(c);
}

/* The listener has no more clients to give once it was shut down. */
static void accepts(struct server *s, const struct io_uring_cqe *cqe)
{
	accepted(s, cqe->res);
	if (cqe->flags & IORING_CQE_F_MORE)
		return;
	if (cqe->res != -EINVAL) {
		accept_clients(s);
		return;
	}
	stopping = 1;
	conns_shutdown(); /* completes their requests; a close follows each */
}

static struct client *client_of(const struct io_uring_cqe *cqe, enum request what)
{
	return (void *)((char *)io_uring_cqe_get_data(cqe) - what);
}

static void handle_completions(struct server *s)
{
	struct io_uring_cqe *cqe;
	unsigned head, n = 0;

	io_uring_for_each_cqe(&ring, head, cqe)
	{
		enum request what = cqe->user_data & REQUEST;

		if (n++ == BATCH)
			break;
		if (!(cqe->flags & IORING_CQE_F_MORE))
			in_flight--;
		if (what == ACCEPT)
			accepts(s, cqe);
		else
			completed(client_of(cqe, what), what, cqe);
	}
	io_uring_cq_advance(&ring, n < BATCH ? n : BATCH);
}

static const char *remedy(int error)
{
	switch (error) {
	case ENOSYS:
		return "; this kernel has no io_uring, or a seccomp filter hides it";
	case EPERM:
		return "; check kernel.io_uring_disabled and the seccomp filter";
	case ENOMEM:
		return "; raise the limit on locked memory (ulimit -l)";
	default:
		return "";
	}
}

int serve_uring(struct server *s)
{
	int err = ring_open(s->opt.read_size);

	if (err < 0) {
		warnx("uring: cannot set up io_uring: %s%s", strerror(-err), remedy(-err));
		return -1;
	}
	accept_clients(s);
	while (in_flight) { /* the kernel may write into a buffer for as long */
		int n = io_uring_submit_and_wait(&ring, 1);

		errno = n < 0 ? -n : 0;
		if (!waited(s, n) && n != -EBUSY && n != -EAGAIN)
			break;
		handle_completions(s);
	}
	ring_free();
	return in_flight ? -1 : 0;
}
