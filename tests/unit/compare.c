// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What is made of the rounds of a comparison: spreads, marks, sentences and the table, from numbers
 * that are made up. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compare_page.h"

#define SPREAD(...)                                                                                \
	spread_of((const double[]){__VA_ARGS__},                                                   \
		  sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static struct comparison c;
static char sentences[MAX_SENTENCES][SENTENCE_SIZE];

static void compare(unsigned n, const char *const *names)
{
	comparison_init(&c, names, n);
	for (unsigned m = 0; m < MAX_METRICS; m++)
		for (unsigned s = 0; s < MAX_SUBJECTS; s++)
			for (unsigned r = 0; r < MAX_ROUNDS; r++)
				c.values[m][s][r] = NAN;
}

/* Gives a metric of a subject its value in each round. */
static void set(const char *key, unsigned subject, unsigned rounds, const double *values)
{
	unsigned m = 0;

	while (strcmp(metric_key(&metrics[m]), key))
		m++;
	memcpy(c.values[m][subject], values, rounds * sizeof(*values));
	c.n[subject] = rounds;
}

#define SET(key, subject, ...)                                                                     \
	set(key, subject, sizeof((const double[]){__VA_ARGS__}) / sizeof(double),                  \
	    (const double[]){__VA_ARGS__})

static void median_of_odd_and_even_counts(void **state)
{
	struct spread odd = SPREAD(5, 1, 9), even = SPREAD(4, 1, 2, 100), one = SPREAD(7);

	(void)state;
	assert_true(odd.n == 3 && odd.median == 5 && odd.min == 1 && odd.max == 9);
	assert_true(even.n == 4 && even.median == 3 && even.min == 1 && even.max == 100);
	assert_true(one.n == 1 && one.median == 7 && one.min == 7 && one.max == 7);
}

static void rounds_without_a_value_do_not_count(void **state)
{
	struct spread some = SPREAD(NAN, 3, NAN, 1), none = SPREAD(NAN, NAN), empty;

	(void)state;
	empty = spread_of(NULL, 0);
	assert_true(some.n == 2 && some.median == 2 && some.min == 1 && some.max == 3);
	assert_true(none.n == 0 && isnan(none.median));
	assert_true(empty.n == 0 && isnan(empty.median));
}

static void differ_only_ranges_without_a_common_point(void **state)
{
	struct spread low = SPREAD(1, 2), high = SPREAD(3, 4), touching = SPREAD(2, 9),
		      around = SPREAD(0, 5), one = SPREAD(100), none = SPREAD(NAN);

	(void)state;
	assert_true(spreads_differ(&low, &high));
	assert_true(spreads_differ(&high, &low));
	assert_false(spreads_differ(&low, &touching));
	assert_false(spreads_differ(&low, &around));
	assert_false(spreads_differ(&low, &one));
	assert_false(spreads_differ(&one, &low));
	assert_false(spreads_differ(&low, &none));
}

static void any_pair_makes_a_row_differ(void **state)
{
	struct spread same[] = {SPREAD(1, 5), SPREAD(2, 6), SPREAD(5, 7)};
	struct spread apart[] = {SPREAD(1, 5), SPREAD(2, 7), SPREAD(6, 8)};
	struct spread nothing[] = {SPREAD(0, 0), SPREAD(NAN)}, something[] = {SPREAD(0, 1)};

	(void)state;
	assert_false(any_differ(same, 3));
	assert_true(any_differ(apart, 3));
	assert_false(any_value(nothing, 2));
	assert_true(any_value(something, 1));
}

static void assert_mark(const char *expected, enum unit unit, struct spread a, struct spread b)
{
	char buf[32];

	assert_string_equal(mark_text(unit, &a, &b, true, buf, sizeof(buf)), expected);
	mark_text(unit, &a, &b, false, buf, sizeof(buf));
	assert_true(columns_of(buf) <= 9);
}

static void marks(void **state)
{
	(void)state;
	assert_mark("÷ 4.0", UNIT_EACH, SPREAD(4, 4), SPREAD(1, 1));
	assert_mark("× 12", UNIT_NS, SPREAD(10, 10), SPREAD(119, 120, 121));
	assert_mark("8 % more", UNIT_EACH, SPREAD(1, 1), SPREAD(1.08, 1.08));
	assert_mark("7 % less", UNIT_EACH, SPREAD(1, 1), SPREAD(0.93, 0.93));
	assert_mark("<1 % more", UNIT_EACH, SPREAD(1, 1), SPREAD(1.001, 1.001));
	assert_mark("far more", UNIT_EACH, SPREAD(0.001, 0.001), SPREAD(5, 5));
	assert_mark("none", UNIT_EACH, SPREAD(3, 3), SPREAD(0, 0));
	assert_mark("only here", UNIT_EACH, SPREAD(0, 0), SPREAD(3, 3));
	assert_mark("same", UNIT_EACH, SPREAD(3, 3), SPREAD(3, 3));
	assert_mark("within the spread", UNIT_EACH, SPREAD(3, 4), SPREAD(3, 4));
	assert_mark("-75 pts", UNIT_SHARE, SPREAD(75, 75), SPREAD(0, 0));
	assert_mark("+20 pts", UNIT_SHARE, SPREAD(10, 10), SPREAD(30, 30));
	assert_mark("+<1 pt", UNIT_SHARE, SPREAD(0.1, 0.1), SPREAD(0.2, 0.2));
	assert_mark("", UNIT_EACH, SPREAD(1), SPREAD(2));
	assert_mark("", UNIT_EACH, SPREAD(1, 1), SPREAD(NAN));
}

static void values_as_they_are_read(void **state)
{
	(void)state;
	assert_string_equal(value_text(UNIT_EACH, 0), "0");
	assert_string_equal(value_text(UNIT_EACH, 0.0004), "<0.001");
	assert_string_equal(value_text(UNIT_EACH, 0.002), "0.002");
	assert_string_equal(value_text(UNIT_EACH, 1.002), "1.00");
	assert_string_equal(value_text(UNIT_EACH, 12.03), "12.0");
	assert_string_equal(value_text(UNIT_EACH, 123.4), "123");
	assert_string_equal(value_text(UNIT_RATIO, 1234.5), "1 235");
	assert_string_equal(value_text(UNIT_SHARE, 0.2), "<1 %");
	assert_string_equal(value_text(UNIT_SHARE, 99.9), ">99 %");
	assert_string_equal(value_text(UNIT_SHARE, 100), "100 %");
	assert_string_equal(value_text(UNIT_NS, 12345), "12us");
	assert_string_equal(value_text(UNIT_RATE, 12345.4), "12 345");
	assert_string_equal(value_text(UNIT_EACH, NAN), "-");
	assert_string_equal(times_text(1.07), "1.07");
	assert_string_equal(times_text(31.4), "31");
	assert_string_equal(times_text(4000), "over 1000");
}

static void two_subjects_in_words(void **state)
{
	const char *const names[] = {"a", "b"};

	(void)state;
	compare(2, names);
	SET("waits", 0, 4.003, 4.003, 4.003, 4.003);
	SET("waits", 1, 1.003, 1.002, 1.003, 1.002);
	SET("reports", 0, 4.002, 4.002, 4.002, 4.002);
	SET("reports", 1, 1.002, 1.001, 1.002, 1.001);
	SET("eagain", 0, 0, 0, 0, 0);
	SET("eagain", 1, 0.98, 1, 0.98, 1);
	SET("cpu_ns", 0, 10000, 12000, 10000, 12000);
	SET("cpu_ns", 1, 11000, 13000, 11000, 13000);
	SET("service_p50_ns", 0, 20000, 22000, 20000, 22000);
	SET("service_p50_ns", 1, 40000, 44000, 40000, 44000);
	SET("reads", 0, 1.00, 1.00, 1.00, 1.00); /* differs, and by too little for words */
	SET("reads", 1, 1.01, 1.01, 1.01, 1.01);
	assert_int_equal(compare_sentences(&c, sentences), 5);
	assert_string_equal(sentences[0],
			    "a made 4.0 times as many waits per message as b (4.00 against 1.00).");
	assert_string_equal(sentences[1],
			    "a made 4.00 reports per message on average, b made 1.00.");
	assert_string_equal(sentences[2],
			    "b made 0.99 reads per message that found nothing, a none.");
	assert_string_equal(
		sentences[3],
		"Their CPU time per message does not differ beyond the spread of the rounds.");
	assert_string_equal(sentences[4],
			    "The service latency (p50) of b is 2.0 times that of a (42us against "
			    "21us).");
}

static void three_subjects_in_words(void **state)
{
	const char *const names[] = {"a", "b", "c"};

	(void)state;
	compare(3, names);
	SET("waits", 0, 4, 4, 4, 4);
	SET("waits", 1, 1, 1, 1, 1);
	SET("waits", 2, 1.001, 1.001, 1.001, 1.001);
	SET("cpu_ns", 0, 1000, 1100, 1000,
	    1100); /* only the middle one overlaps: no word of no difference */
	SET("cpu_ns", 1, 1050, 1200, 1050, 1200);
	SET("cpu_ns", 2, 1150, 1300, 1150, 1300);
	assert_int_equal(compare_sentences(&c, sentences), 2);
	assert_string_equal(
		sentences[0],
		"Waits per message: lowest b and c (1.00), highest a (4.00), 4.0 times as much.");
	assert_string_equal(
		sentences[1],
		"CPU time per message: lowest a (1.1us), highest c (1.2us), 1.2 times as much.");
}

static void a_subject_without_a_value_is_not_spoken_of(void **state)
{
	const char *const names[] = {"a", "b"};

	(void)state;
	compare(2, names);
	SET("waits", 0, 4, 4, 4, 4);
	SET("waits", 1, NAN, NAN, NAN, NAN);
	SET("cpu_ns", 0, 1000, 1000, 1000, 1000);
	SET("cpu_ns", 1, NAN, NAN, NAN, NAN);
	assert_int_equal(compare_sentences(&c, sentences), 0);
}

static void one_round_marks_nothing(void **state)
{
	const char *const names[] = {"a", "b"};

	(void)state;
	compare(2, names);
	SET("waits", 0, 4);
	SET("waits", 1, 1);
	SET("cpu_ns", 0, 4000);
	SET("cpu_ns", 1, 1000);
	assert_int_equal(compare_sentences(&c, sentences), 1);
	assert_non_null(strstr(sentences[0], "One round has no spread"));
}

static void few_rounds_are_warned_of(void **state)
{
	const char *const names[] = {"a", "b"};

	(void)state;
	compare(2, names);
	SET("waits", 0, 1, 1, 1, 1);
	SET("waits", 1, 1, 1, 1);
	assert_int_equal(compare_sentences(&c, sentences), 1);
	assert_non_null(strstr(sentences[0],
			       "With 3 rounds, chance alone marks one row in 10 as different"));
	SET("waits", 1, 1, 1);
	compare_sentences(&c, sentences);
	assert_non_null(strstr(sentences[0],
			       "With 2 rounds, chance alone marks one row in 3 as different"));
}

/* A metric of a round with so many samples in each of its distributions, of a microsecond each. */
static double over(const char *key, unsigned samples)
{
	static struct snapshot s;
	const struct outcome o = {.total = &s};
	unsigned m = 0;

	memset(&s, 0, sizeof(s));
	for (unsigned i = 0; i < N_LATENCIES; i++)
		for (unsigned n = 0; n < samples; n++)
			hist_add(&s.latencies[i], 1000);
	for (unsigned n = 0; n < samples; n++)
		hist_add(&s.client.latency, 1000);
	while (strcmp(metric_key(&metrics[m]), key))
		m++;
	return metric_value(&metrics[m], &o);
}

static void percentiles_of_few_samples_are_not_compared(void **state)
{
	static const char *const keys[] = {"wakeup_p50_ns",     "wakeup_p99_ns",
					   "service_p50_ns",    "service_p99_ns",
					   "round_trip_p50_ns", "round_trip_p99_ns"};
	const char *const names[] = {"a", "b"};

	(void)state;
	for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_true(isnan(over(keys[i], 0)));
		assert_true(isnan(over(keys[i], 99)));
		assert_true(over(keys[i], 100) > 0);
	}
	compare(2, names);
	SET("service_p50_ns", 0, 1000, 1000, 1000, 1000);
	set("service_p50_ns", 1, 4, (const double[]){NAN, NAN, NAN, NAN});
	assert_int_equal(compare_sentences(&c, sentences), 0);
	SET("service_p50_ns", 1, 2000, 2000, 2000, 2000);
	assert_int_equal(compare_sentences(&c, sentences), 1);
}

/* What a screen of so many rows, 0: a file, shows of c: its lines, which begin at lines[i]. */
static unsigned show(unsigned rows, char *lines[64])
{
	static char *text;
	static size_t size;
	const struct run_info run = {.load = "1 connection"};
	const struct growth g = {.n_subjects = 2, .n_steps = 1, .names = {"level", "edge"}};
	const struct compare_info info = {.run = &run, .rounds = 4, .growth = &g};
	unsigned n = 0;
	struct layout l;
	FILE *out;

	free(text);
	out = open_memstream(&text, &size);
	layout_begin(&l, out, -1, false);
	l.rows = rows;
	compare_page(&l, &info, &c, "4 rounds");
	fclose(out);
	for (char *line = strtok(text, "\n"); line && n < 64; line = strtok(NULL, "\n"))
		lines[n++] = line;
	return n;
}

static bool is_head(const char *line)
{
	return strstr(line, "  level  ") && strstr(line, " edge");
}

static void the_head_is_on_the_screen_with_any_row(void **state)
{
	const char *const names[] = {"level", "edge"};
	static const unsigned rows[] = {0, 10, 16, 24, 50, 200};
	char *lines[64];

	(void)state;
	compare(2, names);
	for (unsigned m = 0; m < n_metrics; m++)
		for (unsigned i = 0; i < 2; i++)
			set(metric_key(&metrics[m]), i, 4, (const double[]){5, 5, 5, 5});
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned n = show(rows[i], lines), since = 0, heads = 0;
		unsigned most = rows[i] && rows[i] < 21 ? rows[i] : 21;

		for (unsigned at = 3; at < n; at++) { /* below what stands on top of all */
			since = is_head(lines[at]) ? 1 : since + 1;
			heads += is_head(lines[at]);
			/* head and rows, and on a screen the line of the cursor */
			assert_true(since + (rows[i] && rows[i] < 21) <= most);
			assert_false(is_head(lines[at]) && at + 1 == n);
		}
		assert_true(is_head(lines[3]));
		assert_true(heads >= 2);
	}
}

static void the_head_of_a_short_table_stands_once(void **state)
{
	const char *const names[] = {"level", "edge"};
	char *lines[64];
	unsigned n, heads = 0;

	(void)state;
	compare(2, names);
	SET("waits", 0, 4, 4, 4, 4);
	SET("stalls", 0, 1, 1, 1, 1);
	n = show(0, lines);
	for (unsigned i = 0; i < n; i++)
		heads += is_head(lines[i]);
	assert_int_equal(heads, 1);
}

static void what_is_found_sets_subjects_apart(void **state)
{
	static const char *const names[] = {"epoll-lt", "epoll-et"};
	unsigned rule = rule_find("rereports") - rules, n;

	(void)state;
	compare(2, names);
	c.n[0] = c.n[1] = 5;
	c.found[rule][0] = 5;
	n = compare_sentences(&c, sentences);
	assert_string_equal(sentences[n - 1],
			    "Found in epoll-lt (5 of 5) but not in epoll-et: rereports "
			    "(level-triggered input is read a part at a time).");
	c.found[rule][1] = 1; /* chance */
	assert_int_equal(compare_sentences(&c, sentences), n - 1);
	c.found[rule][0] = 4;
	c.found[rule][1] = 0;
	assert_int_equal(compare_sentences(&c, sentences), n - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median_of_odd_and_even_counts),
		cmocka_unit_test(rounds_without_a_value_do_not_count),
		cmocka_unit_test(differ_only_ranges_without_a_common_point),
		cmocka_unit_test(any_pair_makes_a_row_differ),
		cmocka_unit_test(marks),
		cmocka_unit_test(values_as_they_are_read),
		cmocka_unit_test(two_subjects_in_words),
		cmocka_unit_test(three_subjects_in_words),
		cmocka_unit_test(a_subject_without_a_value_is_not_spoken_of),
		cmocka_unit_test(one_round_marks_nothing),
		cmocka_unit_test(few_rounds_are_warned_of),
		cmocka_unit_test(percentiles_of_few_samples_are_not_compared),
		cmocka_unit_test(the_head_is_on_the_screen_with_any_row),
		cmocka_unit_test(the_head_of_a_short_table_stands_once),
		cmocka_unit_test(what_is_found_sets_subjects_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
