// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The hostile clients: which servers they call good, of right ones and of wrong ones. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

#include "listener.h"

static bool write_all(int fd, const char *buf, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t written = send(fd, buf + at, n - at, MSG_NOSIGNAL);

		if (written < 0)
			return false;
		at += written;
	}
	return true;
}

static void echoes(struct server *s, int fd)
{
	char buf[4096];
	ssize_t n;

	(void)s;
	while ((n = read(fd, buf, sizeof(buf))) > 0 && write_all(fd, buf, n))
		;
}

static void echoes_byte_by_byte(struct server *s, int fd)
{
	char buf[4096];
	ssize_t n = 1;

	(void)s;
	for (size_t i = 0; n > 0; i++) {
		n = read(fd, buf, i < 2000 ? 1 : sizeof(buf));
		if (n > 0 && !write_all(fd, buf, n))
			break;
	}
}

/* Without ever blocking: what it cannot write it keeps, and reads no more meanwhile. */
static void echoes_when_there_is_room(struct server *s, int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char buf[16384];
	ssize_t n = 0, at = 0, written;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (poll(&p, 1, -1) > 0) {
		if (at == n) {
			n = read(fd, buf, sizeof(buf));
			at = 0;
			if (n <= 0)
				break;
		}
		written = send(fd, buf + at, n - at, MSG_NOSIGNAL);
		if (written < 0 && errno != EAGAIN)
			break;
		at += written > 0 ? written : 0;
		s->full += at < n;
		p.events = at < n ? POLLOUT : POLLIN;
	}
}

static void loses_what_has_no_room(struct server *s, int fd)
{
	char buf[16384];
	ssize_t n, written;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		written = send(fd, buf, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		s->full += written < n;
	}
}

static void doubles_what_has_no_room(struct server *s, int fd)
{
	char buf[16384];
	ssize_t n, written;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		written = send(fd, buf, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		s->full += written < n;
		for (unsigned i = 0; written < n && i < 2; i++)
			write_all(fd, buf, n);
	}
}

static void swaps(struct server *s, int fd)
{
	char buf[1000], other[sizeof(buf)];
	ssize_t n;

	(void)s;
	while ((n = recv(fd, buf, sizeof(buf), MSG_WAITALL)) > 0) {
		ssize_t half = n / 2;

		memcpy(other, buf + half, n - half);
		memcpy(other + n - half, buf, half);
		if (!write_all(fd, other, n))
			break;
	}
}

static void adds_a_byte_at_the_end(struct server *s, int fd)
{
	echoes(s, fd);
	write_all(fd, "", 1);
}

static void closes_without_an_answer(struct server *s, int fd)
{
	char buf[4096];

	(void)s;
	while (read(fd, buf, sizeof(buf)) > 0)
		;
}

static void never_closes(struct server *s, int fd)
{
	char byte;

	echoes(s, fd);
	(void)!read(s->done[0], &byte, 1);
}

static void closes_at_once(struct server *s, int fd)
{
	(void)s;
	(void)fd;
}

/* Ours is not closed: what the client sends on is answered by a reset behind the end, EPIPE. */
static void shuts_down_both_ways(struct server *s, int fd)
{
	char byte;

	(void)!read(fd, &byte, 1);
	shutdown(fd, SHUT_RDWR);
	(void)!read(s->done[0], &byte, 1);
}

static const struct behaviour servers[] = {
	{.name = "echoes", .serve = echoes, .half_close = true, .deaf = true},
	{.name = "echoes byte by byte",
	 .serve = echoes_byte_by_byte,
	 .half_close = true,
	 .deaf = true},
	{.name = "echoes when there is room",
	 .serve = echoes_when_there_is_room,
	 .half_close = true,
	 .deaf = true},
	{.name = "loses what has no room", .serve = loses_what_has_no_room, .half_close = true},
	{.name = "doubles what has no room", .serve = doubles_what_has_no_room, .half_close = true},
	{.name = "swaps", .serve = swaps},
	{.name = "adds a byte at the end", .serve = adds_a_byte_at_the_end, .deaf = true},
	{.name = "closes without an answer", .serve = closes_without_an_answer},
	{.name = "never closes", .serve = never_closes, .deaf = true},
	{.name = "closes at once", .serve = closes_at_once},
	{.name = "shuts down both ways", .serve = shuts_down_both_ways},
};
#define N_SERVERS (sizeof(servers) / sizeof(servers[0]))

static void *serve_one(void *arg)
{
	struct server *s = arg;
	int fd = accept(s->listener, NULL, NULL);

	if (fd >= 0) {
		s->behaviour->serve(s, fd);
		close(fd);
	}
	return NULL;
}

/* Whether the client finds the server good. */
static bool judged(struct server *s, const char *client)
{
	pthread_t thread;
	bool good;

	listen_there(s, 1);
	assert_int_equal(pipe2(s->done, O_CLOEXEC), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve_one, s), 0);
	good = act(s, client);
	close(s->done[1]);
	pthread_join(thread, NULL);
	close(s->done[0]);
	close(s->listener);
	return good;
}

static void half_close_wants_all_and_then_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SERVERS; i++) {
		struct server s = {.behaviour = &servers[i]};

		print_message("%s\n", servers[i].name);
		assert_int_equal(judged(&s, "half-close"), servers[i].half_close);
		assert_int_equal(s.full, 0);
	}
}

static void deaf_wants_each_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SERVERS; i++) {
		struct server s = {.behaviour = &servers[i]};

		print_message("%s\n", servers[i].name);
		assert_int_equal(judged(&s, "deaf"), servers[i].deaf);
	}
}

static void stays_if_all_came_back(const char *client, void (*serve)(struct server *s, int fd),
				   bool stays)
{
	const struct behaviour behaviour = {.serve = serve};
	struct server s = {.behaviour = &behaviour};
	pthread_t thread;
	int kept = 7;
	char byte;

	listen_there(&s, 1);
	assert_int_equal(pthread_create(&thread, NULL, serve_one, &s), 0);
	assert_int_equal(hostile_act(hostile_find(client), &s.address, &usual_patience, &kept),
			 stays);
	assert_int_equal(kept >= 0, stays);
	if (kept >= 0) {
		assert_int_equal(recv(kept, &byte, 1, MSG_DONTWAIT), -1);
		assert_int_equal(errno, EAGAIN);
		close(kept);
	}
	pthread_join(thread, NULL);
	close(s.listener);
}

static void those_who_stay_do_if_all_came_back(void **state)
{
	static const char *const clients[] = {"deaf-stays", "stays"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		stays_if_all_came_back(clients[i], echoes, true);
		stays_if_all_came_back(clients[i], swaps, false);
	}
}

/* What a server does that does not block. */
static void deaf_leaves_no_room(void **state)
{
	static const struct behaviour careful = {.serve = echoes_when_there_is_room};
	struct server s = {.behaviour = &careful};

	(void)state;
	assert_true(judged(&s, "deaf"));
	assert_true(s.full > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_close_wants_all_and_then_the_end),
		cmocka_unit_test(deaf_wants_each_byte),
		cmocka_unit_test(those_who_stay_do_if_all_came_back),
		cmocka_unit_test(deaf_leaves_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
