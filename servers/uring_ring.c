// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The buffer ring has a place for each of SLOTS buffers. The kernel takes the next one when data is
 * there, not before, so idle connections need none; its number comes with the completion. What was
 * received then belongs to the connection, and another buffer takes its place at once: a client
 * that does not read its echoes keeps buffers, and none from the others.
 */
#include "uring_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define SLOTS 256 /* a power of 2 */
#define GROUP 0   /* the number of our only buffer ring */

struct io_uring ring;
static bool multishot;
static size_t receive_size;

static struct io_uring_buf_ring *offered; /* to the kernel */
static struct buffer *slots[SLOTS];       /* the same, by number */
static struct buffer *spare;              /* of no use at the moment */
static size_t n_spare;

static struct buffer *buffer_new(void)
{
	struct buffer *b = spare;

	if (!b)
		return malloc(sizeof(*b) + receive_size);
	spare = b->next;
	n_spare--;
	return b;
}

void buffer_free(struct buffer *b)
{
	if (!b)
		return;
	if (n_spare == SLOTS) {
		free(b);
		return;
	}
	b->next = spare;
	spare = b;
	n_spare++;
}

static void offer(struct buffer *b, unsigned slot)
{
	slots[slot] = b;
	io_uring_buf_ring_add(offered, b->data, receive_size, slot, SLOTS - 1, 0);
	io_uring_buf_ring_advance(offered, 1);
}

static bool offer_buffers(void)
{
	struct io_uring_buf_reg reg = {.ring_entries = SLOTS, .bgid = GROUP};

	if (posix_memalign((void **)&offered, sysconf(_SC_PAGESIZE),
			   SLOTS * sizeof(struct io_uring_buf)))
		return false;
	io_uring_buf_ring_init(offered);
	reg.ring_addr = (uintptr_t)offered;
	if (io_uring_register_buf_ring(&ring, &reg, 0))
		return false;
	for (unsigned i = 0; i < SLOTS; i++) {
		struct buffer *b = buffer_new();

		if (!b)
			return false;
		offer(b, i);
	}
	return true;
}

int ring_open(size_t size)
{
	int err = io_uring_queue_init(RING_ENTRIES, &ring,
				      IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);

	receive_size = size;
	if (err == -EINVAL) /* before Linux 6.1 */
		return io_uring_queue_init(RING_ENTRIES, &ring, 0);
	multishot = !err && offer_buffers();
	return err;
}

void ring_free(void)
{
	io_uring_queue_exit(&ring);
	free(offered);
	for (size_t i = 0; i < SLOTS; i++)
		free(slots[i]);
	for (struct buffer *b = spare, *next; b; b = next) {
		next = b->next;
		free(b);
	}
}

void ring_prep_accept(struct io_uring_sqe *sqe, int fd)
{
	if (multishot)
		io_uring_prep_multishot_accept(sqe, fd, NULL, NULL, SOCK_CLOEXEC);
	else
		io_uring_prep_accept(sqe, fd, NULL, NULL, SOCK_CLOEXEC);
}

bool ring_buffer(struct buffer **own)
{
	if (!multishot && !*own)
		*own = buffer_new();
	return multishot || *own;
}

void ring_prep_receive(struct io_uring_sqe *sqe, int fd, struct buffer *own)
{
	if (!multishot) {
		io_uring_prep_recv(sqe, fd, own->data, receive_size, 0);
		return;
	}
	io_uring_prep_recv_multishot(sqe, fd, NULL, 0, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = GROUP;
}

/* The buffer that the kernel took, in exchange for another. */
static struct buffer *take(unsigned slot)
{
	struct buffer *b = slots[slot], *other = buffer_new();

	offer(other ? other : b, slot);
	return other ? b : NULL;
}

struct buffer *ring_received(const struct io_uring_cqe *cqe, struct buffer **own)
{
	struct buffer *b = NULL;

	if (cqe->flags & IORING_CQE_F_BUFFER) {
		b = take(cqe->flags >> IORING_CQE_BUFFER_SHIFT);
	} else if (cqe->res > 0) {
		b = *own;
		*own = NULL;
	}
	if (b && cqe->res > 0) {
		b->len = cqe->res;
		return b;
	}
	buffer_free(b);
	return NULL;
}
