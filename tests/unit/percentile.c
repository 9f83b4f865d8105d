// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Percentiles of histograms, and the merging of histograms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "percentile.h"

static struct hist h;

static int empty(void **state)
{
	(void)state;
	memset(&h, 0, sizeof(h));
	return 0;
}

static void fill(uint64_t n, uint64_t value)
{
	while (n--)
		hist_add(&h, value);
}

static void says_nothing_of_nothing(void **state)
{
	uint64_t v = 42;

	(void)state;
	assert_false(hist_percentile(&h, 0.5, &v));
	assert_int_equal(v, 42);
}

static void assert_needs(double p, uint64_t n)
{
	uint64_t v = 42;

	empty(NULL);
	fill(n - 1, 3);
	assert_false(hist_percentile(&h, p, &v));
	assert_int_equal(v, 42);
	hist_add(&h, 3);
	assert_true(hist_percentile(&h, p, &v));
	assert_int_equal(v, 3);
}

static void needs_enough_samples(void **state)
{
	(void)state;
	assert_needs(0.5, 2);
	assert_needs(0.9, 10);
	assert_needs(0.99, 100);
	assert_needs(0.999, 1000);
	assert_needs(0.9999, 10000);
}

/* Values below 32 have a bucket each: ranks can be told exactly. */
static void rank_is_the_nearest(void **state)
{
	uint64_t v;

	(void)state;
	for (uint64_t i = 1; i <= 10; i++)
		hist_add(&h, i);
	assert_true(hist_percentile(&h, 0.5, &v));
	assert_int_equal(v, 5);
	assert_true(hist_percentile(&h, 0.51, &v));
	assert_int_equal(v, 6);
	assert_true(hist_percentile(&h, 0.9, &v));
	assert_int_equal(v, 9);
	assert_true(hist_percentile(&h, 0.001, &v));
	assert_int_equal(v, 1);
}

static void a_step_lies_at_its_rank(void **state)
{
	uint64_t v;

	(void)state;
	fill(990, 1);
	fill(10, 20);
	assert_true(hist_percentile(&h, 0.99, &v));
	assert_int_equal(v, 1);
	assert_true(hist_percentile(&h, 0.991, &v));
	assert_int_equal(v, 20);
	assert_true(hist_percentile(&h, 0.999, &v));
	assert_int_equal(v, 20);
}

static void value_is_the_midpoint(void **state)
{
	uint32_t slot = hist_slot(100000);
	uint64_t v, low = hist_floor(slot), high = hist_floor(slot + 1);

	(void)state;
	fill(10, 1);
	fill(10, 100000);
	fill(10, 1000000);
	assert_true(hist_percentile(&h, 0.5, &v));
	assert_int_equal(v, low + (high - low) / 2);
}

static void value_stays_within_min_and_max(void **state)
{
	uint64_t v;

	(void)state;
	fill(10, hist_floor(200)); /* the midpoint is above it */
	assert_true(hist_percentile(&h, 0.9, &v));
	assert_int_equal(v, hist_floor(200));
	empty(NULL);
	fill(10, hist_floor(201) - 1); /* and below it */
	assert_true(hist_percentile(&h, 0.9, &v));
	assert_int_equal(v, hist_floor(201) - 1);
}

static void last_bucket_is_its_floor(void **state)
{
	uint64_t v;

	(void)state;
	fill(1, 1);
	fill(10, UINT64_MAX / 16);
	assert_true(hist_percentile(&h, 0.9, &v));
	assert_int_equal(v, hist_floor(HIST_SLOTS - 1));
}

static void large_counts_keep_their_rank(void **state)
{
	uint64_t v;

	(void)state;
	h = (struct hist){.count = 2000000000000ULL, .low = ~1ULL, .max = 2};
	h.slots[1] = 1000000000000ULL;
	h.slots[2] = 1000000000000ULL;
	assert_true(hist_percentile(&h, 0.499, &v));
	assert_int_equal(v, 1);
	assert_true(hist_percentile(&h, 0.501, &v));
	assert_int_equal(v, 2);
}

static void merge_adds_everything(void **state)
{
	static struct hist other;

	(void)state;
	memset(&other, 0, sizeof(other));
	fill(3, 10);
	hist_add(&other, 4);
	hist_add(&other, 500);
	hist_merge(&h, &other);
	assert_int_equal(h.count, 5);
	assert_int_equal(h.sum, 534);
	assert_int_equal(hist_min(&h), 4);
	assert_int_equal(h.max, 500);
	assert_int_equal(h.slots[10], 3);
	assert_int_equal(h.slots[4], 1);
	assert_int_equal(h.slots[hist_slot(500)], 1);
}

/* An empty histogram's min is of no value: it must not become the sum's. */
static void merge_ignores_an_empty_one(void **state)
{
	static struct hist other;

	(void)state;
	memset(&other, 0, sizeof(other));
	fill(2, 10);
	hist_merge(&h, &other);
	assert_int_equal(hist_min(&h), 10);
	hist_merge(&other, &h);
	assert_int_equal(hist_min(&other), 10);
	assert_int_equal(other.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(says_nothing_of_nothing, empty),
		cmocka_unit_test_setup(needs_enough_samples, empty),
		cmocka_unit_test_setup(rank_is_the_nearest, empty),
		cmocka_unit_test_setup(a_step_lies_at_its_rank, empty),
		cmocka_unit_test_setup(value_is_the_midpoint, empty),
		cmocka_unit_test_setup(value_stays_within_min_and_max, empty),
		cmocka_unit_test_setup(last_bucket_is_its_floor, empty),
		cmocka_unit_test_setup(large_counts_keep_their_rank, empty),
		cmocka_unit_test_setup(merge_adds_everything, empty),
		cmocka_unit_test_setup(merge_ignores_an_empty_one, empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
