// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "conn.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct conn *clients;
static size_t n_clients;
static pthread_mutex_t clients_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t clients_gone = PTHREAD_COND_INITIALIZER;

struct conn *conn_new(struct server *s, int fd, size_t room)
{
	struct conn *c = malloc(sizeof(*c) + room);

	if (!c) {
		close(fd);
		tally_add(&s->tally->refused, 1);
		tally_add(&s->tally->closes, 1);
		return NULL;
	}
	*c = (struct conn){.fd = fd, .server = s};
	pthread_mutex_lock(&clients_lock);
	c->next = clients;
	c->link = &clients;
	if (clients)
		clients->link = &c->next;
	clients = c;
	n_clients++;
	pthread_mutex_unlock(&clients_lock);
	return c;
}

static void unlink_locked(struct conn *c)
{
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	if (--n_clients == 0)
		pthread_cond_broadcast(&clients_gone);
}

void conn_unlink(struct conn *c)
{
	pthread_mutex_lock(&clients_lock);
	unlink_locked(c);
	pthread_mutex_unlock(&clients_lock);
}

/* Closed under the lock: conns_shutdown() must not meet a descriptor that was given away again. */
void conn_close(struct conn *c)
{
	pthread_mutex_lock(&clients_lock);
	close(c->fd);
	tally_add(&c->server->tally->closes, 1);
	unlink_locked(c);
	pthread_mutex_unlock(&clients_lock);
	free(c);
}

void conn_refuse(struct conn *c)
{
	tally_add(&c->server->tally->refused, 1);
	conn_close(c);
}

void conn_forget(struct conn *c)
{
	conn_unlink(c);
	close(c->fd);
	free(c);
}

void conn_received(const struct conn *c, size_t n)
{
	tally_add(&c->server->tally->reads, 1);
	tally_add(&c->server->tally->bytes_in, n);
}

void conn_filled(struct conn *c, size_t n)
{
	c->start = 0;
	c->end = n;
	conn_received(c, n);
}

void conn_drained(struct conn *c, size_t n)
{
	c->start += n;
	tally_add(&c->server->tally->bytes_out, n);
}

size_t conn_chunk(const struct conn *c)
{
	/* The fault is two small writes for one answer: Nagle holds the second until the ACK. */
	if ((c->server->opt.faults & FAULT_NO_NODELAY) && c->start == 0)
		return 1;
	return c->end - c->start;
}

static enum conn_step conn_read(struct conn *c)
{
	ssize_t n;

	do
		n = read(c->fd, c->buf, c->server->opt.read_size);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		conn_filled(c, n);
		return CONN_MORE;
	}
	if (n == 0 || errno != EAGAIN)
		return CONN_OVER;
	tally_add(&c->server->tally->eagain, 1);
	return CONN_EMPTY;
}

static enum conn_step conn_flush(struct conn *c)
{
	while (conn_pending(c)) {
		ssize_t n = write(c->fd, c->buf + c->start, conn_chunk(c));

		if (n >= 0) {
			conn_drained(c, n);
		} else if (errno == EAGAIN) {
			tally_add(&c->server->tally->eagain, 1);
			return CONN_FULL;
		} else if (errno != EINTR) {
			return CONN_OVER;
		}
	}
	return CONN_MORE;
}

enum conn_step conn_step(struct conn *c)
{
	if (!conn_pending(c)) {
		enum conn_step got = conn_read(c);

		if (got != CONN_MORE)
			return got;
	}
	return conn_flush(c);
}

void conn_take_urgent(struct conn *c)
{
	char byte;

	if (recv(c->fd, &byte, 1, MSG_OOB) == 1)
		tally_add(&c->server->tally->urgent, 1);
}

struct conn *conns_first(void)
{
	return clients;
}

size_t conns_count(void)
{
	pthread_mutex_lock(&clients_lock);
	size_t n = n_clients;
	pthread_mutex_unlock(&clients_lock);
	return n;
}

void conns_shutdown(void)
{
	pthread_mutex_lock(&clients_lock);
	for (struct conn *c = clients; c; c = c->next)
		shutdown(c->fd, SHUT_RDWR);
	pthread_mutex_unlock(&clients_lock);
}

void conns_wait(void)
{
	pthread_mutex_lock(&clients_lock);
	while (n_clients)
		pthread_cond_wait(&clients_gone, &clients_lock);
	pthread_mutex_unlock(&clients_lock);
}

void conns_close(void)
{
	for (struct conn *c = clients, *next; c; c = next) {
		next = c->next;
		conn_close(c);
	}
}
