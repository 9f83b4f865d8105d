// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What a server may answer to the load client. The first bytes say how the load is, each one behind
 * them what happens next, with a number behind that. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "closing.h"
#include "pattern.h"
#include "receiving.h"
#include "sending.h"

#define MOST 4096 /* bytes of a message, and of what the server keeps */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct play {
	const uint8_t *data;
	size_t left;
	struct load load;
	struct load_conn conn;
	struct load_options opt;
	struct load_result result;
	int server;
	unsigned char kept[MOST]; /* of what came, what it has not echoed yet */
	size_t n_kept;
};

static unsigned next(struct play *p)
{
	if (!p->left)
		return 0;
	p->left--;
	return *p->data++;
}

static void server_reads(struct play *p)
{
	ssize_t n = recv(p->server, p->kept + p->n_kept, sizeof(p->kept) - p->n_kept, 0);

	p->n_kept += n > 0 ? n : 0;
}

static void server_echoes(struct play *p)
{
	size_t n = next(p);

	if (n > p->n_kept)
		n = p->n_kept;
	if (send(p->server, p->kept, n, MSG_NOSIGNAL) != (ssize_t)n)
		return;
	memmove(p->kept, p->kept + n, p->n_kept - n);
	p->n_kept -= n;
}

static void server_says(struct play *p)
{
	size_t n = next(p);

	if (n > p->left)
		n = p->left;
	if (send(p->server, p->data, n, MSG_NOSIGNAL) != (ssize_t)n)
		return;
	p->data += n;
	p->left -= n;
}

static void server_shuts(struct play *p)
{
	shutdown(p->server, next(p) & 1 ? SHUT_WR : SHUT_RDWR);
}

static void client_sends(struct play *p)
{
	p->conn.blocked = false;
	load_conn_send(&p->load, &p->conn);
}

static void client_receives(struct play *p)
{
	load_conn_receive(&p->load, &p->conn, next(p) & 1);
}

static void client_ends(struct play *p)
{
	p->load.ending = true;
}

static void one_is_due(struct play *p)
{
	p->conn.due++;
}

static void (*const acts[])(struct play *p) = {
	client_sends, server_reads, server_echoes, client_receives,
	one_is_due,   server_says,  server_shuts,  client_ends,
};
#define N_ACTS (sizeof(acts) / sizeof(acts[0]))

/* What must hold whatever the server does. */
static void check(const struct play *p)
{
	const struct load_result *r = &p->result;
	uint64_t over = p->conn.started - p->conn.count;

	assert(p->load.in_flight == p->conn.count);
	assert(r->messages <= r->sent && r->sent <= p->conn.started);
	assert(r->messages <= over && over <= r->messages + r->mismatches);
	assert(r->bytes == r->messages * p->opt.size);
	assert(!r->mismatches || p->load.failed);
	assert(p->load.failed == (*r->error != '\0'));
}

static bool begin(struct play *p)
{
	static unsigned char pattern[LOAD_STARTS + MOST], buffer[LOAD_BUFFER];
	int ends[2], kind;

	p->opt = (struct load_options){
		.address = "127.0.0.1",
		.transport = next(p) & 1 ? TRANSPORT_UDP : TRANSPORT_TCP,
		.conns = 1,
		.mode = next(p) % (LOAD_OPEN + 1),
		.size = 1 + next(p) * 16,
		.depth = 1 + next(p),
		.burst = 1 + next(p),
		.messages = next(p),
		.fragment = next(p),
		.rate = 1e6,
		.seed = 1,
		.timeout = 1,
	};
	p->load = (struct load){.opt = &p->opt,
				.r = &p->result,
				.conns = &p->conn,
				.pattern = pattern,
				.buffer = buffer,
				.active = 1,
				.left = 1,
				.active_left = 1,
				.epoch = 1,
				.timer = -1,
				.signals = -1};
	kind = p->opt.transport == TRANSPORT_TCP ? SOCK_STREAM : SOCK_DGRAM;
	if (!*pattern)
		pattern_fill(&(struct load){.opt = &(struct load_options){.size = MOST, .seed = 1},
					    .pattern = pattern});
	if (socketpair(AF_UNIX, kind | SOCK_NONBLOCK, 0, ends))
		return false;
	p->server = ends[1];
	p->conn = (struct load_conn){.fd = ends[0], .state = CONN_OPEN};
	p->load.epfd = epoll_create1(0);
	return load_conn_watch(&p->load, &p->conn, EPOLL_CTL_ADD) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct play p;

	p = (struct play){.data = data, .left = size};
	if (!begin(&p))
		abort();
	while (p.left && !p.load.failed && p.conn.state != CONN_CLOSED) {
		acts[next(&p) % N_ACTS](&p);
		check(&p);
	}
	load_conn_close(&p.load, &p.conn);
	assert(!p.load.left && !p.load.active_left && !p.load.closing);
	free(p.conn.flights);
	close(p.server);
	close(p.load.epfd);
	return 0;
}
