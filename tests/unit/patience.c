// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* How long is waited: by the time in which we run, however that is cut up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "patience.h"

#define SECOND 1000000000ull

static struct {
	unsigned times, seconds;
	const char *what;
} told;

static void note(void *arg, const char *what, unsigned seconds)
{
	assert_ptr_equal(arg, &told);
	told.times++;
	told.what = what;
	told.seconds = seconds;
}

/* As if so much time had passed. */
static bool passes(struct wait *w, uint64_t ns)
{
	w->last -= ns;
	return wait_goes_on(w);
}

static void it_ends(void **state)
{
	const struct patience usual = {.times = 1}, more = {.times = 3};
	struct wait w = wait_begin(&usual, NULL, 250);

	(void)state;
	assert_true(passes(&w, SECOND / 10));
	assert_true(passes(&w, SECOND / 10));
	assert_false(passes(&w, SECOND / 10));
	assert_int_equal(wait_begin(&more, NULL, 250).limit,
			 3 * wait_begin(&usual, NULL, 250).limit);
}

static void who_was_stopped_has_not_waited(void **state)
{
	const struct patience usual = {.times = 1};
	struct wait w = wait_begin(&usual, NULL, 1000);

	(void)state;
	assert_true(passes(&w, 8 * SECOND));
	assert_true(passes(&w, 3600 * SECOND));
}

static void it_is_told_once_what_is_waited_for(void **state)
{
	const struct patience usual = {.times = 1, .say = note, .arg = &told};
	struct wait w = wait_begin(&usual, "godot", 10000), quiet = wait_begin(&usual, NULL, 10000);

	(void)state;
	for (unsigned i = 0; i < 19; i++)
		assert_true(passes(&w, SECOND / 10));
	assert_int_equal(told.times, 0);
	for (unsigned i = 0; i < 19; i++) {
		assert_true(passes(&w, SECOND / 10));
		assert_true(passes(&quiet, SECOND / 10));
	}
	assert_int_equal(told.times, 1);
	assert_string_equal(told.what, "godot");
	assert_in_range(told.seconds, 7, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_ends),
		cmocka_unit_test(who_was_stopped_has_not_waited),
		cmocka_unit_test(it_is_told_once_what_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
