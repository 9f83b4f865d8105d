// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What user space makes of the tables in metrics/: the order of fields, names, and what is pending.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "counts.h"

static void assert_fields(const char *in, unsigned n, const char *const *names)
{
	const struct count_row *fields[MAX_FIELDS];

	assert_int_equal(count_fields(in, fields), n);
	for (unsigned i = 0; i < n; i++)
		assert_string_equal(fields[i]->name, names[i]);
}

#define ASSERT_FIELDS(in, ...)                                                                     \
	assert_fields(in, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                  \
		      (const char *[]){__VA_ARGS__})

static void fields_are_in_their_order(void **state)
{
	(void)state;
	ASSERT_FIELDS("work", "spun", "polled", "ticked", "returns", "events", "calls", "bytes",
		      "eagain");
	ASSERT_FIELDS("lost", "tasks", "interests", "sockets", "signals", "fcntls", "stalls",
		      "evidence", "recursion", "ringbuf", "unclassified");
	ASSERT_FIELDS("sigio", "generated", "queued", "coalesced", "ignored", "overflow",
		      "lost_info", "delivered", "consumed", "ended", "pending");
	assert_int_equal(count_fields("nosuch", (const struct count_row *[MAX_FIELDS]){0}), 0);
}

static void a_count_has_a_name_in_rows_and_one_on_the_screen(void **state)
{
	(void)state;
	assert_string_equal(count_row(KEPT_AS_COUNTER, COUNT_WAKES)->name, "total");
	assert_string_equal(count_alone(COUNT_WAKES), "wakes");
	assert_string_equal(count_alone(COUNT_FRESH), "fresh");
	assert_string_equal(count_label(COUNT_REREPORTS), "re-reports");
	assert_string_equal(count_label(COUNT_FRESH), "fresh");
	assert_null(count_row(KEPT_AS_COUNTER, N_COUNTERS));
	assert_string_equal(count_row(KEPT_AS_LOST, LOST_RINGBUF)->name, "ringbuf");
	assert_string_equal(count_row(KEPT_BY_SIGNAL, SIGNAL_OVERFLOW)->name, "overflow");
}

static void totals_of_compare_are_in_their_order(void **state)
{
	enum counter first, other;
	unsigned n = 1;

	(void)state;
	assert_true(count_total(1, &first));
	assert_int_equal(first, COUNT_EDGES);
	while (count_total(n + 1, &other))
		n++;
	assert_int_equal(n, 22);
	assert_int_equal(other, COUNT_POLL_REPORTED);
}

static void what_is_pending_is_what_the_others_leave(void **state)
{
	static struct snapshot s;
	struct signal_stats signals = {
		.results = {[SIGNAL_QUEUED] = 5, [SIGNAL_COALESCED] = 9, [SIGNAL_LOST_INFO] = 2},
		.delivered = 3,
		.ended = 1};

	(void)state;
	memset(&s, 0, sizeof(s));
	s.counters[COUNT_RETURNED] = 10;
	s.counters[COUNT_USEFUL] = 4;
	s.counters[COUNT_TIMED] = 3;
	assert_int_equal(wakes_pending(&s), 3);
	s.counters[COUNT_WASTED] = 4; /* read a moment later than the whole */
	assert_int_equal(wakes_pending(&s), 0);
	s.counters[COUNT_EDGES] = 7;
	s.counters[COUNT_FOUND] = 2;
	s.counters[COUNT_FRESH] = 4;
	s.counters[COUNT_MERGED] = 1;
	assert_int_equal(interests_pending(&s), 4);
	assert_int_equal(edges_pending(s.counters + COUNT_EDGES), 4);
	assert_int_equal(signals_generated(&signals), 16);
	assert_int_equal(signals_pending(&signals), 3);
}

static void values_are_taken_from_where_the_keeper_has_them(void **state)
{
	const struct count_row *fields[MAX_FIELDS];
	const __u64 v[N_INTEREST_COUNTS] = {[COUNT_FRESH - COUNT_EDGES] = 8};
	struct values values = {.v = v, .first = COUNT_EDGES, .rest = 6};
	unsigned n = count_fields("interests", fields);

	(void)state;
	for (unsigned i = 0; i < n; i++) {
		bool edges = fields[i]->needs & SEES_READY;

		values.sees = 0;
		assert_int_equal(count_known(fields[i], &values), !edges);
		values.sees = SEES_READY | SEES_INTERESTS;
		assert_true(count_known(fields[i], &values));
		if (fields[i]->keeper == KEPT_BY_INTEREST)
			assert_int_equal(count_value(fields[i], &values),
					 fields[i]->rest                ? 6
					 : fields[i]->at == COUNT_FRESH ? 8
									: 0);
	}
	assert_int_equal(
		count_value(count_row(KEPT_AS_COUNTER, COUNT_UNKNOWN_OF),
			    &(struct values){
				    .v = (const __u64[N_COUNTERS]){[COUNT_UNKNOWN_OF] = 1,
								   [COUNT_UNKNOWN_OF_LAST] = 2}}),
		3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_in_their_order),
		cmocka_unit_test(a_count_has_a_name_in_rows_and_one_on_the_screen),
		cmocka_unit_test(totals_of_compare_are_in_their_order),
		cmocka_unit_test(what_is_pending_is_what_the_others_leave),
		cmocka_unit_test(values_are_taken_from_where_the_keeper_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
