// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Patterns for names: what they take, against fnmatch(3), and what is refused. */
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "globs.h"

static int takes(const char *pattern, const char *name)
{
	char padded[NAME_LEN] = "";
	struct name_glob glob;

	assert_null(glob_make(&glob, pattern));
	memcpy(padded, name, strnlen(name, sizeof(padded) - 1));
	return glob_takes(&glob, padded);
}

static const char *const patterns[] = {
	"a",
	"ab",
	"*",
	"?",
	"a*",
	"*a",
	"*a*",
	"a*b*c",
	"**",
	"a**b",
	"[ab]c",
	"[!ab]c",
	"[a-c]*[x-z]",
	"?*?",
	"a?c",
	"[]]",
	"[!]]a",
	"[a-]",
	"a[b",
	"\\*",
	"\\a",
	"a\\",
	"[^a]*",
	"*[0-9]",
	"-",
	"[x-",
	"*?*?*?*?*",
	"abcdefghijklmno",
	"*abcdefghijklmno*",
};
static const char *const names[] = {
	"a",      "b",   "ab",  "abc",  "aXbXc",
	"aabbcc", "cab", "]",   "-",    "a[b",
	"*",      "ac",  "bc",  "cc",   "xx",
	"a\\",    "1",   "a1",  "abab", "abcdefghijklmno",
	"ba",     "^",   "a-b", "zzz",  "aaaaaaaaaaaaaaa",
};

static void takes_what_fnmatch_takes(void **state)
{
	(void)state;
	for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++)
		for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
			int same = !fnmatch(patterns[p], names[n], 0);

			/* a backslash at the end has no meaning to take from anything */
			if (!strcmp(patterns[p], "a\\"))
				same = !strcmp(names[n], "a\\");
			if (takes(patterns[p], names[n]) != same)
				fail_msg("\"%s\", \"%s\": %d", patterns[p], names[n], same);
		}
}

static void takes_any_byte(void **state)
{
	char name[2] = "", pattern[3] = "\\";

	(void)state;
	for (int c = 1; c < 256; c++) {
		name[0] = pattern[1] = (char)c;
		assert_true(takes("?", name));
		assert_true(takes(pattern, name));
		assert_int_equal(takes("\xc3\xbc", name), 0);
	}
	assert_true(takes("\xc3\xbc", "\xc3\xbc"));
	assert_true(takes("[\x01-\xff]", "\xff"));
}

/* All that a name can have, and no more. */
static void is_as_long_as_a_name(void **state)
{
	struct name_glob glob;

	(void)state;
	assert_null(glob_make(&glob, "abcdefghijklmno"));
	assert_string_equal(glob_make(&glob, "abcdefghijklmnop"),
			    "must have at most 15 characters, as the kernel's names have");
	assert_null(glob_make(&glob, "*a*b*c*d*e*f*g*h*i*j*k*l*m*n*o*"));
	assert_non_null(glob_make(&glob, "*a*b*c*d*e*f*g*h*i*j*k*l*m*n*o*p"));
	assert_string_equal(glob_make(&glob, ""), "must name a process");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_fnmatch_takes),
		cmocka_unit_test(takes_any_byte),
		cmocka_unit_test(is_as_long_as_a_name),
	};

	return cmocka_run_group_tests_name("globs", tests, NULL, NULL);
}
