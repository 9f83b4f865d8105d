// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "hostile.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NSEC_PER_MSEC 1000000ULL
#define PATIENCE_MS   2000  /* without a sign of life */
#define LIMIT_MS      10000 /* in all */
#define LOOK_MS       50
#define DEAF_MS       250       /* nothing moves any more: what the server sends finds no room */
#define HALF_BYTES    32        /* half of a message */
#define SHUT_BYTES    1000      /* what comes back behind our end, or before we stay */
#define DEAF_BYTES    (8 << 20) /* more than the server's buffer takes, see tcp_wmem in tcp(7) */
#define DEAF_BUFFER   (32 << 10)
#define CHUNK         (64 << 10)

struct client {
	int fd;
	struct wait all; /* at the end of this it gives up */
	size_t size;     /* bytes that are to be sent, and to come back */
	size_t sent, got;
};

/* Byte number at of what is sent. No eight bytes from a multiple of 8 on are like others, so one
 * that is lost, doubled or in another place shows. */
static unsigned char pattern(size_t at)
{
	return ((uint64_t)at / 8 + 1) * 0x9e3779b97f4a7c15 >> (at % 8 * 8);
}

/* Waits until the socket has one of these events, and gives those that it has; 0: not in ms. */
static short await(struct client *c, short events, unsigned ms)
{
	struct wait w = wait_begin(c->all.patience, NULL, ms);
	struct pollfd p = {.fd = c->fd, .events = events};

	do {
		uint64_t left = (w.limit - w.spent + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;
		int n = poll(&p, 1, left < LOOK_MS ? (int)left : LOOK_MS);

		if (n > 0)
			return p.revents;
		if (n < 0 && errno != EINTR)
			break;
	} while (wait_goes_on(&w) && wait_goes_on(&c->all));
	return 0;
}

static bool would_block(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Sends what there is room for, at most a chunk. False: the connection is broken. */
static bool send_some(struct client *c)
{
	size_t left = c->size - c->sent, len = left < CHUNK ? left : CHUNK;
	unsigned char buf[CHUNK];
	ssize_t n;

	for (size_t i = 0; i < len; i++)
		buf[i] = pattern(c->sent + i);
	n = send(c->fd, buf, len, MSG_NOSIGNAL);
	c->sent += n > 0 ? n : 0;
	return n >= 0 || would_block(n);
}

/* Sends on as long as there is room again within ms; false: the connection is broken. */
static bool send_while_room(struct client *c, unsigned ms)
{
	while (c->sent < c->size && await(c, POLLOUT, ms))
		if (!send_some(c))
			return false;
	return true;
}

/* Receives what has come. False: it is the end, or not what was sent. */
static bool receive_some(struct client *c)
{
	unsigned char buf[CHUNK];
	ssize_t n = recv(c->fd, buf, sizeof(buf), 0);

	if (n <= 0)
		return would_block(n);
	for (ssize_t i = 0; i < n; i++)
		if (c->got == c->sent || buf[i] != pattern(c->got++))
			return false;
	return true;
}

/* Sends the rest and receives all; whether everything came back. */
static bool exchange(struct client *c)
{
	while (c->got < c->size) {
		short wanted = c->sent < c->size ? POLLIN | POLLOUT : POLLIN;
		short came = await(c, wanted, PATIENCE_MS);

		if (!came || (came & POLLOUT && !send_some(c)) ||
		    (came & ~POLLOUT && !receive_some(c)))
			return false;
	}
	return true;
}

/* The server has closed, and sent nothing before. */
static bool receives_end(struct client *c)
{
	char byte;

	return await(c, POLLIN, PATIENCE_MS) && recv(c->fd, &byte, 1, 0) == 0;
}

/* Connects, with a receive buffer of so many bytes; 0: the usual. */
static bool open_client(struct client *c, const struct sockaddr_in *server, int buffer)
{
	int error = 0;
	socklen_t len = sizeof(error);

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return false;
	if (buffer && setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer)))
		return false;
	if (!connect(c->fd, (const struct sockaddr *)server, sizeof(*server)))
		return true;
	return errno == EINPROGRESS && await(c, POLLOUT, PATIENCE_MS) &&
	       !getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) && !error;
}

static bool connects(struct client *c, const struct sockaddr_in *server)
{
	return open_client(c, server, 0);
}

static bool reset(struct client *c, const struct sockaddr_in *server)
{
	static const struct linger at_once = {.l_onoff = 1};

	c->size = HALF_BYTES;
	return open_client(c, server, 0) && send_while_room(c, PATIENCE_MS) && c->sent == c->size &&
	       !setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

static bool half_close(struct client *c, const struct sockaddr_in *server)
{
	c->size = SHUT_BYTES;
	return open_client(c, server, 0) && send_while_room(c, PATIENCE_MS) &&
	       !shutdown(c->fd, SHUT_WR) && exchange(c) && receives_end(c);
}

/* Once all is sent it stays deaf for as long again: then the server has what it will get. A server
 * that goes on to tell itself of room to write, though all is written, does so to one that stays.
 */
static bool deaf(struct client *c, const struct sockaddr_in *server)
{
	c->size = DEAF_BYTES;
	if (!open_client(c, server, DEAF_BUFFER) || !send_while_room(c, DEAF_MS))
		return false;
	if (c->sent == c->size)
		await(c, 0, DEAF_MS);
	return exchange(c);
}

/* A server that waits for more of this one client, now that it has begun to read from it, has
 * nothing for others. */
static bool talks(struct client *c, const struct sockaddr_in *server)
{
	c->size = SHUT_BYTES;
	return open_client(c, server, 0) && exchange(c);
}

struct hostile {
	const char *name;
	bool (*act)(struct client *c, const struct sockaddr_in *server);
	bool stays; /* connected, if all went well */
};

static const struct hostile clients[] = {
	{.name = "hang-up", .act = connects},
	{.name = "reset", .act = reset},
	{.name = "half-close", .act = half_close},
	{.name = "deaf", .act = deaf},
	{.name = "deaf-stays", .act = deaf, .stays = true},
	{.name = "silent", .act = connects, .stays = true},
	{.name = "stays", .act = talks, .stays = true},
};

bool hostile_act(const struct hostile *h, const struct sockaddr_in *server,
		 const struct patience *patience, int *kept)
{
	struct client c = {.fd = -1, .all = wait_begin(patience, h->name, LIMIT_MS)};
	bool well = h->act(&c, server);

	*kept = well && h->stays ? c.fd : -1;
	if (*kept < 0 && c.fd >= 0)
		close(c.fd);
	return well;
}

const struct hostile *hostile_find(const char *name)
{
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
		if (!strcmp(clients[i].name, name))
			return &clients[i];
	return NULL;
}
