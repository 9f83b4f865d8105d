// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Lines within a width, in the characters of a locale; columns of tables. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "layout.h"
#include "sink.h"

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

static void a_command_is_broken_as_a_shell_takes_it(void **state)
{
	const char *const words[] = {"run",         "epoll-et", "--fault",    "et-no-drain",
				     "--conns",     "1",        "--messages", "1",
				     "--read-size", "16",       "--all",      NULL};
	const char *const whole[] = {"--messages", "1", "--read-size", "16", NULL};
	struct layout l;
	FILE *out = open_layout(&l, 60, "C.UTF-8");

	(void)state;
	lay_command(&l, "wakelab", words);
	lay_command(&l, "a load of so much: wakelab load", whole); /* as wide as a line */
	fclose(out);
	assert_string_equal(text, "wakelab run epoll-et --fault et-no-drain --conns 1 \\\n"
				  "       --messages 1 --read-size 16 --all\n"
				  "a load of so much: wakelab load --messages 1 --read-size 16\n");
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
		{.title = "name", .least = 20, .most = 25, .left = true},
		{.title = "one", .least = 20, .most = 20, .rank = 1},
		{.title = "two", .least = 20, .most = 20, .rank = 2, .group = 1},
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
	assert_non_null(strstr(text, "\n rare calls            3.0   all others 3.0\n"));
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
	assert_non_null(strstr(
		text, "\n stalls                  1   of 50ms or longer (--stall-ms) · 120ms in "
		      "total ·\n                             2 now: 1 byte unread, 3 connections "
		      "waiting\n"));
	assert_non_null(strstr(text,
			       "   duration: p50 -  p99 -  max 2.0us · most: 48 bytes unread ·\n "
			       "                            latest: 3 connections waiting\n"));
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
	assert_non_null(strstr(text, "useful 4.0 (25 %) · handed on 5.0 · wasted 6.0 · timed 1.0"));
	assert_non_null(strstr(text, "absorbed 2.0 · early 3.0\n"));
	assert_non_null(strstr(text, "fresh 30 % (new edge) · re-reports 60 % (same level) ·"));
	assert_non_null(strstr(text, "unclear 10\n"));
}

/* Shown where it is more than 0.00 of each: not where hundreds of waits made one call. */
static void what_a_wait_led_to_is_told_unless_it_is_nothing(void **state)
{
	static struct snapshot s;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.time = 1000000000;
	s.counters[COUNT_WORK_RETURNS] = 399;
	s.counters[COUNT_WORK_CALLS] = 2;
	tell_interval(&s);
	assert_non_null(strstr(text, " per wait "));
	s.counters[COUNT_WORK_RETURNS] = 400;
	tell_interval(&s);
	assert_null(strstr(text, " per wait "));
}

static void colours_are_for_terminals_that_have_some(void **state)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), none[2];

	(void)state;
	assert_true(terminal >= 0);
	assert_int_equal(pipe2(none, O_CLOEXEC), 0);
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	assert_true(layout_may_color(terminal));
	assert_false(layout_may_color(none[1]));
	setenv("TERM", "dumb", 1);
	assert_false(layout_may_color(terminal));
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	assert_false(layout_may_color(terminal));
	close(terminal);
	close(none[0]);
	close(none[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_those_of_the_screen),
		cmocka_unit_test(a_line_that_fits_is_left_alone),
		cmocka_unit_test(a_line_is_broken_between_items_and_hangs),
		cmocka_unit_test(a_sentence_is_broken_between_words_but_not_in_numbers),
		cmocka_unit_test(a_word_is_cut_only_where_it_is_wider_than_a_line),
		cmocka_unit_test(a_command_is_broken_as_a_shell_takes_it),
		cmocka_unit_test(chinese_is_broken_between_characters),
		cmocka_unit_test(what_a_locale_lacks_has_a_stand_in),
		cmocka_unit_test(width_is_that_of_columns_within_bounds),
		cmocka_unit_test(the_least_telling_columns_are_dropped_first),
		cmocka_unit_test(set_up_calls_share_a_line_in_an_interval),
		cmocka_unit_test(what_stalls_left_is_told_in_its_unit),
		cmocka_unit_test(wakes_and_reports_are_told_by_what_they_were),
		cmocka_unit_test(what_a_wait_led_to_is_told_unless_it_is_nothing),
		cmocka_unit_test(colours_are_for_terminals_that_have_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
