// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The histogram's buckets: hist_slot() and hist_floor() at every boundary, and hist_add(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "hist.h"

#define MAX_FLOOR ((uint64_t)1 << HIST_MAX_BITS)

static void floor_is_in_its_slot(void **state)
{
	(void)state;
	for (uint32_t s = 0; s < HIST_SLOTS; s++)
		assert_int_equal(hist_slot(hist_floor(s)), s);
}

static void value_below_floor_is_in_the_slot_before(void **state)
{
	(void)state;
	for (uint32_t s = 1; s < HIST_SLOTS; s++)
		assert_int_equal(hist_slot(hist_floor(s) - 1), s - 1);
}

static void floors_rise(void **state)
{
	(void)state;
	for (uint32_t s = 1; s < HIST_SLOTS; s++)
		assert_true(hist_floor(s) > hist_floor(s - 1));
}

static void small_values_are_exact(void **state)
{
	(void)state;
	for (uint64_t v = 0; v < 2 * HIST_STEPS; v++) {
		assert_int_equal(hist_slot(v), v);
		assert_int_equal(hist_floor(v), v);
	}
}

/* The ends of a bucket are the farthest from its midpoint, and the lower the worse. */
static void midpoint_is_near(void **state)
{
	(void)state;
	for (uint32_t s = 0; s + 1 < HIST_SLOTS; s++) {
		double low = (double)hist_floor(s), high = (double)hist_floor(s + 1) - 1;
		uint64_t half = (hist_floor(s + 1) - hist_floor(s)) / 2;
		double middle = (double)(hist_floor(s) + half);

		assert_true(middle - low <= low / 31);
		assert_true(high - middle <= high / 31);
	}
}

static void extremes_have_a_slot(void **state)
{
	(void)state;
	assert_int_equal(hist_slot(0), 0);
	assert_int_equal(hist_slot(MAX_FLOOR - 1), HIST_SLOTS - 1);
	assert_int_equal(hist_slot(MAX_FLOOR), HIST_SLOTS - 1);
	assert_int_equal(hist_slot(UINT64_MAX), HIST_SLOTS - 1);
}

static void add_keeps_the_totals(void **state)
{
	static struct hist h;

	(void)state;
	memset(&h, 0, sizeof(h));
	hist_add(&h, 1000);
	assert_int_equal(hist_min(&h), 1000);
	assert_int_equal(h.max, 1000);
	hist_add(&h, 7);
	hist_add(&h, MAX_FLOOR * 2);
	assert_int_equal(h.count, 3);
	assert_int_equal(h.sum, 1007 + MAX_FLOOR * 2);
	assert_int_equal(hist_min(&h), 7);
	assert_int_equal(h.max, MAX_FLOOR * 2);
	assert_int_equal(h.slots[7], 1);
	assert_int_equal(h.slots[hist_slot(1000)], 1);
	assert_int_equal(h.slots[HIST_SLOTS - 1], 1);
}

static void add_takes_zero(void **state)
{
	static struct hist h;

	(void)state;
	memset(&h, 0, sizeof(h));
	hist_add(&h, 5);
	hist_add(&h, 0);
	assert_int_equal(hist_min(&h), 0);
	assert_int_equal(h.max, 5);
	assert_int_equal(h.slots[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floor_is_in_its_slot),
		cmocka_unit_test(value_below_floor_is_in_the_slot_before),
		cmocka_unit_test(floors_rise),
		cmocka_unit_test(small_values_are_exact),
		cmocka_unit_test(midpoint_is_near),
		cmocka_unit_test(extremes_have_a_slot),
		cmocka_unit_test(add_keeps_the_totals),
		cmocka_unit_test(add_takes_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
