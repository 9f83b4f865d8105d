/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The ring of the model uring, and its requests that newer kernels have a better form of.
 *
 * From Linux 6.1 on, one accept request gives all clients and one receive request all that a client
 * sends (multishot), into buffers that all connections share, and completions are made only when
 * the server asks for them. Before, each request completes once, into a buffer that is its own.
 * Either way a request that goes on says so by IORING_CQE_F_MORE, and one without it is over.
 */
#ifndef WAKELAB_URING_RING_H
#define WAKELAB_URING_RING_H

#include <liburing.h>
#include <stdbool.h>
#include <stddef.h>

#define RING_ENTRIES 1024

struct buffer {
	struct buffer *next; /* for whoever has it */
	size_t len;          /* bytes that were received */
	char data[];
};

extern struct io_uring ring;

/* Sets up the ring, and the buffers of size bytes that it receives into; 0, or a negative errno. */
int ring_open(size_t size);
/* Ends the ring; no request is in flight any more. */
void ring_free(void);
/* Accepts from the listener fd. */
void ring_prep_accept(struct io_uring_sqe *sqe, int fd);
/*
 * Readies *own, a buffer for the next receive of a connection, where it needs one of its own.
 * False without memory.
 */
bool ring_buffer(struct buffer **own);
/* Receives from fd, after ring_buffer(). */
void ring_prep_receive(struct io_uring_sqe *sqe, int fd, struct buffer *own);
/*
 * What a receive has completed with, now the caller's; NULL if nothing came, or there is no memory
 * for the buffer that has to take its place.
 */
struct buffer *ring_received(const struct io_uring_cqe *cqe, struct buffer **own);
/* Gives back a buffer; NULL is none. */
void buffer_free(struct buffer *b);

#endif
