// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What a flight recorder keeps: the last blocks, the moment before them, and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flight.h"

#define SPAN 10
#define ROOM 100

/* A block of so many letters. */
static void keep(struct flight *f, char letter, size_t len, __u64 time, bool moment, bool names)
{
	char data[ROOM + 1];

	memset(data, letter, sizeof(data));
	assert_int_equal(flight_keep(f, &(struct kept){data, len, time, moment, names}), 0);
}

/* Prints what is kept: these letters, and so many ns. */
static void expect(struct flight *f, const char *letters, __u64 ns)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(flight_print(f, out), ns);
	fclose(out);
	assert_string_equal(text, letters);
	assert_int_equal(flight_bytes(f), 0);
	free(text);
}

static void test_all_that_is_young(void **state)
{
	struct flight *f = flight_new(SPAN, ROOM);

	(void)state;
	keep(f, 'a', 1, 1, true, false);
	keep(f, 'b', 2, 5, false, false);
	keep(f, 'c', 1, 10, true, false);
	assert_int_equal(flight_bytes(f), 4);
	expect(f, "abbc", 10);
	expect(f, "", 0);
	flight_free(f);
}

/* The moment is that from which the next interval is counted; what came between is too old. */
static void test_the_last_moment_of_what_is_too_old(void **state)
{
	struct flight *f = flight_new(SPAN, ROOM);

	(void)state;
	keep(f, 'a', 1, 1, true, false);
	keep(f, 'b', 1, 2, true, false);
	keep(f, 'c', 1, 3, false, false);
	keep(f, 'd', 1, 4, true, false);
	keep(f, 'e', 1, 12, true, false); /* a and b are 10 old or more, b is their last moment */
	assert_int_equal(flight_bytes(f), 4);
	keep(f, 'f', 1, 13, true, false); /* c is, too */
	assert_int_equal(flight_bytes(f), 4);
	expect(f, "bdef", 11);
	keep(f, 'g', 1, 14, true, false);
	keep(f, 'h', 1, 50, true, false);
	expect(f, "gh", 36);
	flight_free(f);
}

static void test_names_stay(void **state)
{
	struct flight *f = flight_new(SPAN, ROOM);

	(void)state;
	keep(f, 'a', 1, 1, true, true);
	keep(f, 'b', 1, 2, true, false);
	keep(f, 'c', 1, 3, true, true);
	keep(f, 'd', 1, 4, true, false);
	keep(f, 'e', 1, 50, true, false);
	expect(f, "acde", 46);
	flight_free(f);
}

static void test_no_more_than_there_is_room_for(void **state)
{
	struct flight *f = flight_new(SPAN, ROOM);

	(void)state;
	keep(f, 'a', ROOM / 2, 1, false, false);
	keep(f, 'b', ROOM / 2, 2, false, false);
	assert_int_equal(flight_bytes(f), ROOM);
	keep(f, 'c', 1, 3, false, false);
	assert_int_equal(flight_bytes(f), ROOM / 2 + 1);
	keep(f, 'd', ROOM + 1, 4, false, false); /* the last one is kept, however large */
	assert_int_equal(flight_bytes(f), ROOM + 1);
	keep(f, 'e', 1, 5, false, false);
	expect(f, "e", 5);
	flight_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_that_is_young),
		cmocka_unit_test(test_the_last_moment_of_what_is_too_old),
		cmocka_unit_test(test_names_stay),
		cmocka_unit_test(test_no_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
