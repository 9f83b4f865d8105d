// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Text from outside: visible() over everything that a terminal or a reader of JSON would choke on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "visible.h"

static const struct {
	const char *text, *seen;
} cases[] = {
	{"", ""},
	{"nginx: worker", "nginx: worker"},
	{"\033]0;OWNED\a", "\\x1b]0;OWNED\\x07"},
	{"a\nb\tc\rd\x7f", "a\\nb\\tc\\rd\\x7f"},
	{"C:\\x1b", "C:\\\\x1b"},
	{"\xff\xfe", "\\xff\\xfe"},
	{"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7"},
	{"\xc2\x9b"
	 "31m",
	 "\\xc2\\x9b31m"}, /* CSI, as a C1 control */
	/* NOLINTNEXTLINE(misc-misleading-bidirectional) */
	{"a\xe2\x80\xae"
	 "b",
	 "a\\xe2\\x80\\xae"
	 "b"},                              /* from right to left */
	{"\xc2\xa0", "\xc2\xa0"},           /* the first behind them */
	{"cut \xe2\x82", "cut \\xe2\\x82"}, /* the end of the text inside a character */
	{"cut \xf0\x9f\x90", "cut \\xf0\\x9f\\x90"},
	{"\xe2\x82z", "\\xe2\\x82z"},
	{"\x80", "\\x80"},          /* goes on with nothing */
	{"\xc0\x9b", "\\xc0\\x9b"}, /* longer than it has to be */
	{"\xe0\x80\x9b", "\\xe0\\x80\\x9b"},
	{"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* a surrogate */
	{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* beyond U+10FFFF */
	{"\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"},
};

static void shows_each(void **state)
{
	char seen[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(visible(cases[i].text, seen, sizeof(seen)), cases[i].seen);
}

static void bytes_of_two_are_never_raw(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 65536; n++) {
		char text[3] = {n & 0xff, n >> 8, 0}, seen[VISIBLE_SIZE(sizeof(text))];

		visible(text, seen, sizeof(seen));
		for (const unsigned char *p = (void *)seen; *p; p++)
			assert_true(*p >= 32 && *p != 127);
		if ((n & 0xff) < 0x80 && n >> 8 < 0x80)
			continue;
		/* beyond ASCII there is a letter of two bytes, or nothing but escapes */
		assert_true(strlen(seen) >= strlen(text));
	}
}

static void size_is_enough_and_nothing_is_cut_in_the_middle(void **state)
{
	char seen[VISIBLE_SIZE(5)];

	(void)state;
	assert_string_equal(visible("\xff\xff\xff\xff", seen, sizeof(seen)),
			    "\\xff\\xff\\xff\\xff");
	assert_string_equal(visible("\xff\xff", seen, 8), "\\xff");
	assert_string_equal(visible("ab\xe2\x82\xac", seen, 5), "ab");
	assert_string_equal(visible("ab\xe2\x82\xac", seen, 6), "ab\xe2\x82\xac");
	assert_string_equal(visible("abc", seen, 1), "");
}

static void a_message_keeps_its_lines_and_backslashes(void **state)
{
	static const char message[] = "\x1b[31m \\x41 caf\xc3\xa9\n\xc3";
	char seen[VISIBLE_SIZE(sizeof(message))];
	size_t n = visible_message(message, sizeof(message) - 1, seen);

	(void)state;
	seen[n] = '\0';
	assert_string_equal(seen, "\\x1b[31m \\x41 caf\xc3\xa9\n\\xc3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_each),
		cmocka_unit_test(bytes_of_two_are_never_raw),
		cmocka_unit_test(a_message_keeps_its_lines_and_backslashes),
		cmocka_unit_test(size_is_enough_and_nothing_is_cut_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
