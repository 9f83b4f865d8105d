// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The course in another language: which one is chosen, its words, and the texts of a lesson. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fields.h"
#include "language.h"
#include "lesson.h"

static const struct {
	const char *all, *messages, *lang; /* LC_ALL, LC_MESSAGES, LANG; LC_CTYPE is not set */
	const char *tag;
} environments[] = {
	{.tag = NULL}, /* none of them is set */
	{.all = "C.UTF-8"},
	{.all = "zh_CN.UTF-8", .tag = "zh"},
	{.lang = "zh_CN.UTF-8", .tag = "zh"},
	{.lang = "zh_TW.utf8@x", .tag = "zh"},
	{.messages = "zh_CN", .lang = "C.UTF-8", .tag = "zh"},
	{.all = "", .messages = "", .lang = "zh_CN.UTF-8", .tag = "zh"},
	{.messages = "en_US.UTF-8", .lang = "zh_CN.UTF-8"},
	{.all = "C.UTF-8", .messages = "zh_CN.UTF-8", .lang = "zh_CN.UTF-8"},
	{.all = "zha_XX.UTF-8"}, /* another language */
	{.all = "de_DE.UTF-8"},
	{.all = "zh_CN.GB18030"}, /* not UTF-8 */
	{.all = "zh_CN"},
};

static void put_environment(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void assert_tag(const char *tag)
{
	assert_int_equal(!language_tag(), !tag);
	if (tag)
		assert_string_equal(language_tag(), tag);
	assert_string_equal(tr("N"), tag ? "课" : "N");
	assert_string_equal(tr("of no table"), "of no table");
}

static void the_environment_chooses(void **state)
{
	(void)state;
	unsetenv("LC_CTYPE");
	for (size_t i = 0; i < sizeof(environments) / sizeof(environments[0]); i++) {
		put_environment("LC_ALL", environments[i].all);
		put_environment("LC_MESSAGES", environments[i].messages);
		put_environment("LANG", environments[i].lang);
		assert_true(language_choose(NULL));
		assert_tag(environments[i].tag);
	}
}

static void a_tag_chooses_before_it(void **state)
{
	(void)state;
	setenv("LC_ALL", "C.UTF-8", 1);
	assert_true(language_choose("zh"));
	assert_tag("zh");
	assert_false(language_choose("de"));
	assert_false(language_choose(""));
	assert_false(language_choose("zh_CN"));
	assert_tag("zh");
	setenv("LC_ALL", "zh_CN.UTF-8", 1);
	assert_true(language_choose("en"));
	assert_tag(NULL);
	setenv("LC_ALL", "C", 1);
	assert_true(language_choose("zh"));
	assert_tag(NULL);
}

#define MAX_CONVERSIONS 8

/* The conversions of a format, by which argument each takes: "%2$s" the second, "%s" the next. */
static void conversions(const char *format, char *kinds)
{
	size_t next = 0;

	memset(kinds, 0, MAX_CONVERSIONS);
	for (const char *at = strchr(format, '%'); at; at = strchr(at + 1, '%')) {
		char *end;
		long given = strtol(at + 1, &end, 10);
		bool numbered = *end == '$' && given > 0;
		size_t argument = numbered ? (size_t)given - 1 : next++;

		assert_true(argument < MAX_CONVERSIONS - 1);
		kinds[argument] = numbered ? end[1] : at[1];
	}
}

static void words_keep_the_conversions_of_formats(void **state)
{
	char english[MAX_CONVERSIONS], local[MAX_CONVERSIONS];

	(void)state;
	for (const struct wording *w = words_zh; w->english; w++) {
		conversions(w->english, english);
		conversions(w->local, local);
		if (memcmp(english, local, sizeof(english)) != 0)
			fail_msg("\"%s\" has other conversions than \"%s\"", w->local, w->english);
		for (const struct wording *other = words_zh; other < w; other++)
			assert_string_not_equal(other->english, w->english);
	}
}

static const char original[] =
	"{\"title\": \"T\", \"question\": \"Q?\", \"needs\": \"root\", \"seconds\": 1,\n"
	" \"runs\": [{\"name\": \"one\", \"command\": [\"run\", \"poll\"]}],\n"
	" \"questions\": [{\"ask\": \"How many?\", \"measured\": \"one.waits\",\n"
	"                 \"explain\": \"{measured}.\"},\n"
	"               {\"ask\": \"Which?\", \"explain\": \"So.\", \"choices\": [\n"
	"                 {\"text\": \"this\", \"when\": \"one.waits > 1\"},\n"
	"                 {\"text\": \"that\", \"when\": \"one.waits < 2\"}]}]}\n";

static const char translated[] =
	"{\"original\": \"0\", \"title\": \"题\", \"question\": \"问？\",\n"
	" \"questions\": [{\"ask\": \"几次？\", \"explain\": \"{measured} 次。\"},\n"
	"               {\"ask\": \"哪个？\",\n"
	"                \"choices\": [{\"text\": \"这\"}, {\"text\": \"那\"}]}]}\n";

static void texts_are_replaced_and_nothing_else(void **state)
{
	char error[FIELD_ERROR];
	struct lesson l;

	(void)state;
	assert_true(lesson_parse(&l, original, error));
	assert_true(lesson_translate(&l, translated, error));
	assert_string_equal(l.title, "题");
	assert_string_equal(l.question, "问？");
	assert_string_equal(l.needs, "root"); /* not in the translation */
	assert_string_equal(l.runs[0].args[1], "poll");
	assert_int_equal(l.n_questions, 2);
	assert_string_equal(l.questions[0].ask, "几次？");
	assert_string_equal(l.questions[0].measured, "one.waits");
	assert_string_equal(l.questions[0].explain, "{measured} 次。");
	assert_string_equal(l.questions[1].explain, "So.");
	assert_int_equal(l.questions[1].n_choices, 2);
	assert_string_equal(l.questions[1].choices[1].text, "那");
	assert_string_equal(l.questions[1].choices[1].when, "one.waits < 2");
	lesson_free(&l);
}

static const struct {
	const char *json, *error;
} broken[] = {
	{"{", "line 1: invalid JSON: "},
	{"[]", "has another type than in the original"},
	{"null", "has another type than in the original"},
	{"{\"titel\": \"题\"}", "titel: the original has no such field"},
	{"{\"\\u001b\": \"题\"}", "\\x1b: the original has no such field"},
	{"{\"title\": 1}", "title: has another type than in the original"},
	{"{\"title\": \"\"}", "title: must be a string"},
	{"{\"title\": \"\\u001b[1m\"}", "title: contains a backslash or unprintable "},
	{"{\"seconds\": 2}", "seconds: is not a text, so only the original may have it"},
	{"{\"questions\": []}", "questions: has 0 elements, but the original has 2"},
	{"{\"questions\": [{\"measured\": \"1\"}, {}]}",
	 "questions[0].measured: is not a text, so only the original may have it"},
	{"{\"questions\": [{}, {\"choices\": [{}, {\"when\": \"1\"}]}]}",
	 "questions[1].choices[1].when: is not a text, so only the original may have it"},
	{"{\"questions\": [{}, {\"original\": \"0\"}]}",
	 "questions[1].original: the original has no such field"},
	{"{\"runs\": [{\"command\": [\"run\", \"x\"]}]}",
	 "runs[0].command[1]: is not a text, so only the original may have it"},
	{"{\"questions\": [{\"explain\": \"{mesured}\"}, {}]}",
	 "questions[0].explain: there is no \"mesured\""},
};

static void broken_translations_are_refused(void **state)
{
	char error[FIELD_ERROR];
	struct lesson l;

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		assert_true(lesson_parse(&l, original, error));
		assert_false(lesson_translate(&l, broken[i].json, error));
		lesson_free(&l);
		if (strncmp(error, broken[i].error, strlen(broken[i].error)) != 0)
			fail_msg("\"%s\" is not \"%s\"", error, broken[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_chooses),
		cmocka_unit_test(a_tag_chooses_before_it),
		cmocka_unit_test(words_keep_the_conversions_of_formats),
		cmocka_unit_test(texts_are_replaced_and_nothing_else),
		cmocka_unit_test(broken_translations_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
