// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Lines within a width, in the characters of a locale; columns of tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "growth.h"
#include "layout.h"
#include "sink.h"

static const unsigned widths[] = {60, 72, 80, 100, 132};
#define N_WIDTHS (sizeof(widths) / sizeof(widths[0]))

static char *text;
static size_t size;

/* A layout of that width into text. */
static FILE *open_layout(struct layout *l, unsigned width, const char *locale)
{
	char columns[16];
	FILE *out;

	free(text);
	text = NULL;
	out = open_memstream(&text, &size);
	snprintf(columns, sizeof(columns), "%u", width);
	setenv("COLUMNS", columns, 1);
	setenv("LC_ALL", locale, 1);
	layout_begin(l, out, -1, false);
	assert_int_equal(l->width, width);
	return out;
}

static void assert_laid(const char *line, const char *expected)
{
	struct layout l;
	FILE *out = open_layout(&l, 60, "C.UTF-8");

	lay(&l, "%s\n", line);
	fclose(out);
	assert_string_equal(text, expected);
}

static void assert_fits(unsigned width)
{
	char line[1024];

	for (const char *p = text, *end; (end = strchr(p, '\n')); p = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - p), p);
		if (columns_of(line) > width)
			fail_msg("more than %u columns: %s", width, line);
	}
}

static void columns_are_those_of_the_screen(void **state)
{
	(void)state;
	assert_int_equal(columns_of("abc"), 3);
	assert_int_equal(columns_of("│ · ×"), 5);
	assert_int_equal(columns_of("\033[1mabc\033[0m"), 3);
	assert_int_equal(columns_of("漢字"), 4);
	assert_int_equal(columns_of("e\xcc\x81"), 1); /* an accent of its own */
}

static void a_line_that_fits_is_left_alone(void **state)
{
	(void)state;
	assert_laid("  a  b · c   ", "  a  b · c\n");
	assert_laid("a" HANG "b", "ab\n");
	assert_laid("a   " HANG, "a\n"); /* nothing hangs there */
	assert_laid("", "\n");
}

static void a_line_is_broken_between_items_and_hangs(void **state)
{
	(void)state;
	assert_laid(" wakes  12   " HANG "useful 12 345 (100 %) · wasted 1 234 567 · timed 12 345",
		    " wakes  12   useful 12 345 (100 %) · wasted 1 234 567 ·\n"
		    "             timed 12 345\n");
	assert_laid("  from waking to return in the kernel: p50 1us  p99 123 456us  max 5us",
		    "  from waking to return in the kernel: p50 1us\n    p99 123 456us  max 5us\n");
}

static void a_sentence_is_broken_between_words_but_not_in_numbers(void **state)
{
	(void)state;
	assert_laid("The quick brown fox jumps over the lazy dog and leaves 12 345 others.",
		    "The quick brown fox jumps over the lazy dog and leaves\n"
		    "  12 345 others.\n");
}

static void a_word_is_cut_only_where_it_is_wider_than_a_line(void **state)
{
	(void)state;
	assert_laid("x /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
		    "x\n  /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
		    "  aaaaaaaaaaab\n");
	/* rather than cut it begins further left, and no line ends in spaces */
	assert_laid("  what is seen in a place          " HANG "tp_btf/a_place_of_a_long_name",
		    "  what is seen in a place\n"
		    "                               tp_btf/a_place_of_a_long_name\n");
	assert_laid("      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    "   aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
}

/* Ten characters of two columns. */
#define TEN "一二三四五六七八九十"

static void chinese_is_broken_between_characters(void **state)
{
	(void)state;
	assert_laid(TEN TEN TEN "一", TEN TEN TEN "\n  一\n");
	assert_laid(TEN TEN TEN "，一", TEN TEN "一二三四五六七八九\n  十，一\n");
	assert_laid(TEN TEN "一二三四五六七八九（一）", TEN TEN "一二三四五六七八九\n  （一）\n");
	assert_laid("1  " HANG TEN TEN "一二三四五六七八 read，read",
		    "1  " TEN TEN "一二三四五六七八\n   read，read\n");
	assert_laid(TEN TEN "一二三四五六七八 12 345 条",
		    TEN TEN "一二三四五六七八\n  12 345 条\n");
	/* a colour is no place to break at */
	assert_laid(TEN TEN "一二三四五六七八九（\033[1m一\033[0m）",
		    TEN TEN "一二三四五六七八九\n  （\033[1m一\033[0m）\n");
}

static void what_a_locale_lacks_has_a_stand_in(void **state)
{
	struct layout l;
	FILE *out = open_layout(&l, 60, "C");

	(void)state;
	lay(&l, "a · 2.0× more │ b ┤└─ \xc3\xa4\n");
	fclose(out);
	assert_string_equal(text, "a, 2.0x more | b ++- \\xc3\\xa4\n");
	out = open_layout(&l, 60, "xx_XX.utf8"); /* which is nowhere: its name says it */
	lay(&l, "a · b\n");
	fclose(out);
	assert_string_equal(text, "a · b\n");
}

static void width_is_that_of_columns_within_bounds(void **state)
{
	(void)state;
	unsetenv("COLUMNS");
	assert_int_equal(layout_width(-1), 100);
	setenv("COLUMNS", "no number", 1);
	assert_int_equal(layout_width(-1), 100);
	setenv("COLUMNS", "20", 1);
	assert_int_equal(layout_width(-1), 60);
}

static void the_least_telling_columns_are_dropped_first(void **state)
{
	static const struct column columns[] = {
		{"name", 20, 25, 0, true, 0},
		{"one", 20, 20, 1, false, 0},
		{"two", 20, 20, 2, false, 1},
	};
	static const char *const cells[] = {"n", "1", "2"};
	struct layout l;
	struct grid g;
	FILE *out = open_layout(&l, 60, "C.UTF-8");

	(void)state;
	grid_fit(&g, &l, columns, 3);
	grid_head(&l, &g, NULL);
	grid_row(&l, &g, cells);
	fclose(out);
	assert_string_equal(text, "name                                       one\n"
				  "n                                            1\n");
	out = open_layout(&l, 72, "C.UTF-8");
	grid_fit(&g, &l, columns, 3);
	grid_row(&l, &g, cells);
	fclose(out);
	assert_string_equal(
		text, "n                                            1 │                   2\n");
}

/* A snapshot in which there is something of everything, in large numbers. */
static void fill(struct snapshot *s)
{
	s->time = 1000000000;
	s->sees = SEES_READY | SEES_WAKES | SEES_INTERESTS | SEES_SIGNALS;
	for (unsigned i = OTHER_CALL; i < MAX_CALLS; i++) {
		s->calls[i] = 1234567;
		s->stats[i].verdicts[VERDICT_READY] = 1000000 + i;
		s->stats[i].errors[11] = s->stats[i].errors[4] = s->stats[i].errors[32] = 98765;
	}
	for (unsigned i = 0; i < N_COUNTERS; i++)
		s->counters[i] = 123456789;
	for (unsigned i = 0; i < N_LATENCIES; i++)
		s->latencies[i].count = s->latencies[i].slots[600] = 1234567;
	for (unsigned i = 0; i < N_LOST; i++)
		s->lost[i] = 1000;
	s->stalled_ns = 5;
	for (unsigned i = 0; i < N_UNREAD; i++)
		s->stalled_left[i] = 7654321;
	s->now.n_threads = s->now.n_epolls = s->now.n_interests = s->now.n_stalls = 3;
	s->now.n_sources = s->now.n_wakers = 3;
	for (unsigned i = 0; i < 3; i++) {
		snprintf(s->now.threads[i].comm, sizeof(s->now.threads[i].comm), "a-name-of-thre");
		s->now.stalls[i].stall =
			(struct stall){.family = 2, .port = 65535, .unread = 1u << 31};
		s->now.epolls[i].id = 1;
		s->now.interests[i].events = ~0u;
	}
	s->signals[29].results[SIGNAL_QUEUED] = 1234567;
	s->n_fcntls = 1;
	for (unsigned i = 0; i < N_FLAG_BITS; i++)
		s->fcntls[0].stats.on[i] = s->fcntls[0].stats.off[i] = 12345;
	s->witnessed = true;
}

static void every_table_fits(void **state)
{
	static struct snapshot s;
	const struct run_info info = {.command = "run",
				      .model = "epoll-exclusive",
				      .target = "127.0.0.1:65535",
				      .load = "1000 connections, open",
				      .kernel = "6.18.44-with-a-name",
				      .tier = "tracepoint+fentry",
				      .top = 3,
				      .top_given = true,
				      .interval_ns = 1};
	const struct run_end end = {.completed = true,
				    .failure = "",
				    .witnesses = {.n_rows = 1, .rows = {{.what = "messages"}}}};

	(void)state;
	fill(&s);
	for (unsigned i = 0; i < N_WIDTHS; i++) {
		struct layout l;
		FILE *out = open_layout(&l, widths[i], "C.UTF-8");

		sink_table.start(out, &info);
		sink_table.interval(out, &info, &s, &s, 2000000000);
		sink_table.stall(out, &info, &s.now.stalls[0], 5, 10);
		sink_table.summary(out, &info, &s, 2000000000, &end);
		fclose(out);
		assert_non_null(strstr(text, "useful"));
		assert_non_null(strstr(text, "three witnesses"));
		assert_non_null(strstr(text, "epoll_wait"));
		assert_fits(widths[i]);
	}
}

/* What the table tells of an interval of two seconds, into text. */
static void tell_interval(const struct snapshot *s)
{
	const struct run_info info = {.command = "run", .interval_ns = 1};
	struct layout l;
	FILE *out = open_layout(&l, 100, "C.UTF-8");

	sink_table.interval(out, &info, s, s, 2000000000);
	fclose(out);
}

static void set_up_calls_share_a_line_in_an_interval(void **state)
{
	static struct snapshot s;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.time = 1000000000;
	s.calls[OTHER_CALL] = s.stats[OTHER_CALL].verdicts[VERDICT_READY] = 3;
	s.calls[OTHER_CALL + 1] = s.stats[OTHER_CALL + 1].verdicts[VERDICT_SLEPT] = 5;
	tell_interval(&s);
	assert_non_null(strstr(text, "\n set-up and end        3.0   all others 3\n"));
	s.calls[OTHER_CALL] = s.stats[OTHER_CALL].verdicts[VERDICT_READY] = 300;
	tell_interval(&s);
	assert_null(strstr(text, "set-up"));
	assert_non_null(strstr(text, "\n all others            300   100 %"));
}

static void what_stalls_left_is_told_in_its_unit(void **state)
{
	static struct snapshot s;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.time = 1000000000;
	s.stall_ns = 50000000;
	s.stalled_ns = 120000000;
	s.counters[COUNT_STALLS] = 1;
	s.counters[COUNT_LEFT] = 5;
	s.left.count = 1;
	s.left.max = 2000;
	s.left_largest[UNREAD_BYTES] = 48;
	s.left_last = (struct stall){.unread = 3, .unit = UNREAD_CONNECTIONS};
	s.now.n_stalls = 2;
	s.stalled_left[UNREAD_CONNECTIONS] = 3;
	s.stalled_left[UNREAD_BYTES] = 1;
	tell_interval(&s);
	assert_non_null(strstr(text,
			       "\n stalls                  1   reached 50ms · 120ms in all ·"
			       "\n                             2 now: 1 byte unread, 3 connections "
			       "waiting\n"));
	assert_non_null(strstr(text, "   lay unread: p50 -  p99 -  max 2.0us · at most 48 bytes "
				     "unread ·\n                             last 3 connections "
				     "waiting\n"));
}

static void wakes_and_reports_are_told_by_what_they_were(void **state)
{
	static struct snapshot s;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.time = 1000000000;
	s.counters[COUNT_WAKES] = 20;
	s.counters[COUNT_RETURNED] = 16;
	s.counters[COUNT_USEFUL] = 4;
	s.counters[COUNT_HANDED] = 5;
	s.counters[COUNT_WASTED] = 6;
	s.counters[COUNT_TIMED] = 1;
	s.counters[COUNT_ABSORBED] = 2;
	s.counters[COUNT_EARLY] = 3;
	s.counters[COUNT_REPORTS] = 100;
	s.counters[COUNT_FRESH] = 30;
	s.counters[COUNT_REREPORTS] = 60;
	s.counters[COUNT_UNKNOWN] = 7;
	s.counters[COUNT_AMBIGUOUS] = 3;
	tell_interval(&s);
	assert_non_null(strstr(text, "useful 4 (25 %) · handed on 5 · wasted 6 · timed 1 · "
				     "absorbed 2 ·"));
	assert_non_null(strstr(text, "early 3\n"));
	assert_non_null(
		strstr(text, "fresh 30 % (a new edge) · re-reports 60 % (the same level) ·"));
	assert_non_null(strstr(text, "unclear 10\n"));
}

static void growth_fits(void **state)
{
	struct growth g = {.n_subjects = 4,
			   .n_steps = 3,
			   .names = {"epoll-exclusive+herd", "b", "c", "epoll-oneshot"}};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		g.steps[i].conns = i ? 100 * i : 1;
		for (unsigned s = 0; s < 4; s++)
			g.steps[i].cost[s] = (struct spread){1000 * (i + s + 1), 1, 1, 2};
	}
	for (unsigned i = 0; i < N_WIDTHS; i++) {
		struct layout l;
		FILE *out = open_layout(&l, widths[i], "C.UTF-8");

		growth_plot(&l, &g);
		fclose(out);
		assert_non_null(strstr(text, "epoll-oneshot"));
		assert_fits(widths[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_those_of_the_screen),
		cmocka_unit_test(a_line_that_fits_is_left_alone),
		cmocka_unit_test(a_line_is_broken_between_items_and_hangs),
		cmocka_unit_test(a_sentence_is_broken_between_words_but_not_in_numbers),
		cmocka_unit_test(a_word_is_cut_only_where_it_is_wider_than_a_line),
		cmocka_unit_test(chinese_is_broken_between_characters),
		cmocka_unit_test(what_a_locale_lacks_has_a_stand_in),
		cmocka_unit_test(width_is_that_of_columns_within_bounds),
		cmocka_unit_test(the_least_telling_columns_are_dropped_first),
		cmocka_unit_test(every_table_fits),
		cmocka_unit_test(set_up_calls_share_a_line_in_an_interval),
		cmocka_unit_test(what_stalls_left_is_told_in_its_unit),
		cmocka_unit_test(wakes_and_reports_are_told_by_what_they_were),
		cmocka_unit_test(growth_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
