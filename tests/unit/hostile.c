// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The hostile clients: what they do to a server's connection. */
#include "listener.h"

static int accept_one(const struct server *s)
{
	int fd = accept(s->listener, NULL, NULL);

	assert_true(fd >= 0);
	return fd;
}

static void they_have_names(void **state)
{
	(void)state;
	assert_null(hostile_find("kind"));
	assert_null(hostile_find(""));
}

static void hang_up_closes_at_once(void **state)
{
	struct server s = {0};
	char byte;
	int fd;

	(void)state;
	listen_there(&s, 1);
	assert_true(act(&s, "hang-up"));
	fd = accept_one(&s);
	assert_int_equal(read(fd, &byte, 1), 0);
	close(fd);
	close(s.listener);
}

static void reset_resets(void **state)
{
	struct server s = {0};
	char buf[64];
	int fd;

	(void)state;
	listen_there(&s, 1);
	assert_true(act(&s, "reset"));
	fd = accept_one(&s);
	assert_int_equal(read(fd, buf, sizeof(buf)), 32);
	assert_int_equal(read(fd, buf, sizeof(buf)), -1);
	assert_int_equal(errno, ECONNRESET);
	close(fd);
	close(s.listener);
}

static void silent_stays(void **state)
{
	struct server s = {0};
	int fd, kept = -1;
	char byte;

	(void)state;
	listen_there(&s, 1);
	assert_true(hostile_act(hostile_find("silent"), &s.address, &usual_patience, &kept));
	assert_true(kept >= 0);
	fd = accept_one(&s);
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	close(kept);
	assert_int_equal(read(fd, &byte, 1), 0);
	close(fd);
	close(s.listener);
}

static const char *const all[] = {"hang-up",    "reset",  "half-close", "deaf",
				  "deaf-stays", "silent", "stays"};
#define N_ALL (sizeof(all) / sizeof(all[0]))

static void nobody_likes_a_port_without_a_server(void **state)
{
	struct server s = {0};

	(void)state;
	listen_there(&s, -1);
	for (size_t i = 0; i < N_ALL; i++)
		assert_false(act(&s, all[i]));
	close(s.listener);
}

/* A queue of length 0 takes one connection. */
static void who_cannot_connect_gives_up(void **state)
{
	struct server s = {0};

	(void)state;
	listen_there(&s, 0);
	assert_true(act(&s, "hang-up"));
	assert_false(act(&s, "hang-up"));
	close(s.listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_have_names),
		cmocka_unit_test(hang_up_closes_at_once),
		cmocka_unit_test(reset_resets),
		cmocka_unit_test(silent_stays),
		cmocka_unit_test(nobody_likes_a_port_without_a_server),
		cmocka_unit_test(who_cannot_connect_gives_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
