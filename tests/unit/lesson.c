// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The lessons of the course: expressions, lesson.json with each of its errors, predictions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "expression.h"
#include "handout.h"
#include "lesson.h"
#include "prediction.h"

static const char summaries[] =
	"{\"lt\": {\"waits\": 12, \"hidden\": null, \"name\": \"x\", \"whole\": true,"
	"          \"calls\": [{\"name\": null},"
	"                    {\"name\": \"read\", \"calls\": 7, \"errors\": {\"EAGAIN\": 3}}]},"
	" \"et\": {\"waits\": 3, \"ratio\": 0.25}}";

static const struct {
	const char *text;
	double value;
} values[] = {
	{"7", 7},
	{" 0.5 ", 0.5},
	{"lt.waits", 12},
	{"et.ratio", 0.25},
	{"lt.whole", 1},
	{"lt.calls.read.calls", 7},
	{"lt.calls.read.errors.EAGAIN", 3},
	{"lt.calls.read.errors.EPIPE", 0},
	{"lt.calls.write.calls + lt.calls.write.errors.EPIPE", 0},
	{"1 + 2 * 3", 7},
	{"2 * 3 + 4 / 8", 6.5},
	{"10 - 4 - 3", 3},
	{"16 / 4 / 2", 2},
	{"lt.waits / et.waits", 4},
	{"lt.waits > et.waits", 1},
	{"lt.waits < et.waits", 0},
	{"et.waits * 4 <= lt.waits", 1},
	{"et.waits * 4 >= lt.waits", 1},
	{"et.waits * 4 = lt.waits", 1},
	{"et.waits * 4 < lt.waits", 0},
	{"lt.hidden", NAN},
	{"lt.hidden.deeper", NAN},
	{"lt.hidden + 1 > 0", NAN},
	{"0 < lt.hidden", NAN},
	{"lt.waits / 0", NAN},
};

static const struct {
	const char *text, *error;
} mistakes[] = {
	{"", "a value is missing"},
	{"1 +", "a value is missing"},
	{"1 2", "\"2\" is not understood"},
	{"1 < 2 < 3", "\"< 3\" is not understood"},
	{"* 3", "a value is missing at \"* 3\""},
	{"(1 + 2)", "a value is missing at \"(1 + 2)\""},
	{"lt.wait", "there is no \"lt.wait\""},
	{"xt.waits", "there is no \"xt\""},
	{"lt.waits.more", "there is no \"lt.waits.more\""},
	{"lt.calls.write..", "there is no \"lt.calls.write.\""},
	{"lt.calls.read.bytes", "there is no \"lt.calls.read.bytes\""},
	{"lt..waits", "there is no \"lt.\""},
	{"lt", "\"lt\" is not a number"},
	{"lt.name", "\"lt.name\" is not a number"},
};

static struct json_object *parsed(void)
{
	struct json_object *o = json_tokener_parse(summaries);

	assert_non_null(o);
	return o;
}

static void expressions_have_their_values(void **state)
{
	struct json_object *o = parsed();
	char error[EXPRESSION_ERROR];

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		double value = expression_value(values[i].text, o, error);

		assert_string_equal(error, "");
		if (isnan(values[i].value) ? !isnan(value) : value != values[i].value)
			fail_msg("%s is %g, not %g", values[i].text, value, values[i].value);
	}
	json_object_put(o);
}

static void wrong_expressions_say_why(void **state)
{
	struct json_object *o = parsed();
	char error[EXPRESSION_ERROR];

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		assert_true(isnan(expression_value(mistakes[i].text, o, error)));
		assert_string_equal(error, mistakes[i].error);
	}
	json_object_put(o);
}

static void sentences_are_filled(void **state)
{
	struct json_object *o = parsed();
	char error[EXPRESSION_ERROR], to[64];

	(void)state;
	assert_true(expression_fill("{lt.waits * 100} to {et.ratio}: {lt.hidden}.", o, to,
				    sizeof(to), error));
	assert_string_equal(to, "1 200 to 0.25: unknown.");
	assert_true(expression_fill("{lt.waits / 12|wait was|waits were}, {lt.waits|wait|waits}", o,
				    to, sizeof(to), error));
	assert_string_equal(to, "1 wait was, 12 waits");
	assert_true(expression_fill("{lt.waits - 12|wait|waits}, {lt.hidden|wait|waits}", o, to,
				    sizeof(to), error));
	assert_string_equal(to, "0 waits, unknown waits");
	assert_false(expression_fill("{lt.waits|wait}", o, to, sizeof(to), error));
	assert_string_equal(error, "\"|wait\" is not understood");
	assert_false(expression_fill("{lt.waits", o, to, sizeof(to), error));
	assert_string_equal(error, "a \"}\" is missing");
	assert_false(expression_fill("{lt.no}", o, to, sizeof(to), error));
	assert_string_equal(error, "there is no \"lt.no\"");
	assert_false(expression_fill("123456789", o, to, 9, error));
	assert_string_equal(error, "is longer than 8 bytes");
	json_object_put(o);
}

/* A lesson, of which a test replaces one part by another. */
static const char good[] =
	"{\"title\": \"T\", \"question\": \"Q?\", \"needs\": \"root\", \"seconds\": 1.5,\n"
	" \"programs\": [{\"name\": \"sh\", \"package\": \"dash\"}],\n"
	" \"runs\": [{\"name\": \"one\", \"command\": [\"run\", \"poll\"], \"status\": 1},\n"
	"            {\"name\": \"two\", \"command\": [\"trace\", \"--\", \"sh\", \"x\"]}],\n"
	" \"questions\": [{\"ask\": \"How many?\", \"measured\": \"one.waits\", \"tolerance\": 2,\n"
	"                 \"explain\": \"{measured} of {two.waits}.\"},\n"
	"               {\"ask\": \"Which?\", \"explain\": \"So.\", \"choices\": [\n"
	"                 {\"text\": \"this\", \"when\": \"one.waits > two.waits\"},\n"
	"                 {\"text\": \"that\", \"when\": \"one.waits < two.waits\"}]}]}\n";

static void a_lesson_is_read(void **state)
{
	char error[FIELD_ERROR];
	struct lesson l;

	(void)state;
	assert_true(lesson_parse(&l, good, error));
	assert_string_equal(l.title, "T");
	assert_true(l.seconds == 1.5);
	assert_int_equal(l.n_programs, 1);
	assert_string_equal(l.programs[0].package, "dash");
	assert_int_equal(l.n_runs, 2);
	assert_string_equal(l.runs[0].name, "one");
	assert_true(l.runs[0].status == 1 && l.runs[1].status == 0);
	assert_string_equal(l.runs[1].args[3], "x");
	assert_null(l.runs[1].args[4]);
	assert_int_equal(l.n_questions, 2);
	assert_string_equal(l.questions[0].measured, "one.waits");
	assert_true(l.questions[0].tolerance == 2);
	assert_int_equal(l.questions[0].n_choices, 0);
	assert_null(l.questions[1].measured);
	assert_int_equal(l.questions[1].n_choices, 2);
	assert_string_equal(l.questions[1].choices[1].text, "that");
	lesson_free(&l);
}

static const struct {
	const char *part, *by, *error;
} broken[] = {
	{"{\"title\": \"T\",", "[", "line 1: invalid JSON: "},
	{"\"that\"", "that", "line 9: invalid JSON: "},
	{"]}]}\n", "]}", "line 9: invalid JSON: "},
	{good, "[1]", "must be an object"},
	{good, "null", "must be an object"},
	{"\"title\": \"T\",", "", "title: is missing"},
	{"\"T\"", "7", "title: must be a string"},
	{"\"T\"", "\"\"", "title: must be a string"},
	{"\"T\"", "\"a\\u001b[31m\"", "title: contains a backslash or unprintable "},
	{"\"T\"", "\"a\\u0000b\"", "title: is longer than 999 bytes, or contains a NUL"},
	{"\"needs\"", "\"neds\"", "neds: unknown field"},
	{"\"needs\"", "\"\\u001b\"", "\\x1b: unknown field"},
	{"1.5", "\"1\"", "seconds: must be a number"},
	{"1.5", "-1", "seconds: must be a number, 0 or more"},
	{"\"name\": \"sh\"", "\"nam\": \"sh\"", "programs[0].nam: unknown field"},
	{", \"package\": \"dash\"", "", "programs[0].package: is missing"},
	{"[{\"name\": \"sh\", \"package\": \"dash\"}]", "[]",
	 "programs: must be an array of one or "},
	{"[\"run\", \"poll\"]", "[]", "runs[0].command: must be an array of one or more"},
	{"[\"run\", \"poll\"]", "[\"load\"]",
	 "runs[0].command: must begin with \"run\" or \"trace\""},
	{"[\"run\", \"poll\"]", "[\"run\", 1]", "runs[0].command: must be a string"},
	{"\"two\"", "\"one\"", "runs[1].name: must consist of"},
	{"\"two\"", "\"2\"", "runs[1].name: must consist of"},
	{"\"two\"", "\"a-b\"", "runs[1].name: must consist of"},
	{"\"two\"", "\"measured\"", "runs[1].name: must consist of"},
	{"\"one.waits\"", "\"on.waits\"", "questions[0].measured: there is no \"on\""},
	{"\"measured\": \"one.waits\",", "", "questions[0]: must have either \"measured\" or "},
	{"{two.waits}", "{two.waits", "questions[0].explain: a \"}\" is missing"},
	{"{two.waits}", "{tow.waits}", "questions[0].explain: there is no \"tow\""},
	{"\"explain\": \"So.\",", "", "questions[1].explain: is missing"},
	{"one.waits <", "one.waits <<", "questions[1].choices[1].when: a value is missing"},
	{"\"text\": \"that\"", "\"txt\": 1", "questions[1].choices[1].txt: unknown field"},
};

/* The good lesson with a part of it replaced. */
static void replace(const char *part, const char *by, char *to, size_t size)
{
	const char *at = strstr(good, part);

	assert_non_null(at);
	snprintf(to, size, "%.*s%s%s", (int)(at - good), good, by, at + strlen(part));
}

static void broken_lessons_are_refused(void **state)
{
	char json[2 * sizeof(good)], error[FIELD_ERROR];
	struct lesson l;

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		replace(broken[i].part, broken[i].by, json, sizeof(json));
		assert_false(lesson_parse(&l, json, error));
		lesson_free(&l);
		if (strncmp(error, broken[i].error, strlen(broken[i].error)) != 0)
			fail_msg("\"%s\" is not \"%s\"", error, broken[i].error);
	}
}

/* A part of the good lesson, as often as it takes to be one too many. */
static const struct {
	const char *part, *more, *error;
	unsigned times;
} crowds[] = {
	{.part = "{\"text\": \"this\"",
	 .more = "{\"text\": \"a\", \"when\": \"1\"},",
	 .error = "questions[1].choices: has more than 6 elements",
	 .times = MAX_CHOICES - 1},
	{.part = "{\"name\": \"sh\"",
	 .more = "{\"name\": \"a\", \"package\": \"b\"},",
	 .error = "programs: has more than 4 elements",
	 .times = MAX_PROGRAMS},
	{.part = "\"run\", \"poll\"",
	 .more = "\"run\", ",
	 .error = "runs[0].command: has more than 31 elements",
	 .times = MAX_RUN_ARGS - 2},
	{.part = "{\"ask\": \"How",
	 .more = "{\"ask\": \"a\", \"measured\": \"1\", \"explain\": \"So.\"},",
	 .error = "questions: has more than 8 elements",
	 .times = MAX_QUESTIONS - 1},
};

static void more_than_there_is_room_for_is_refused(void **state)
{
	char by[4096], json[8192], error[FIELD_ERROR];
	struct lesson l;

	(void)state;
	for (size_t i = 0; i < sizeof(crowds) / sizeof(crowds[0]); i++) {
		size_t at = 0;

		for (unsigned n = 0; n < crowds[i].times; n++)
			at += snprintf(by + at, sizeof(by) - at, "%s", crowds[i].more);
		snprintf(by + at, sizeof(by) - at, "%s", crowds[i].part);
		replace(crowds[i].part, by + strlen(crowds[i].more), json, sizeof(json));
		assert_true(lesson_parse(&l, json, error)); /* as many as there may be */
		lesson_free(&l);
		replace(crowds[i].part, by, json, sizeof(json));
		assert_false(lesson_parse(&l, json, error));
		assert_string_equal(error, crowds[i].error);
		lesson_free(&l);
	}
}

static const struct {
	unsigned n_choices;
	const char *text;
	bool read, given;
	double value;
} answers[] = {
	{.text = "", .read = true},
	{.text = " \n", .read = true},
	{.text = "12", .read = true, .given = true, .value = 12},
	{.text = " 1 234\n", .read = true, .given = true, .value = 1234},
	{.text = "0.25", .read = true, .given = true, .value = 0.25},
	{.text = "-1", .given = true},
	{.text = "many", .given = true},
	{.text = "1e3", .given = true},
	{.text = ".", .given = true},
	{.text = "1.2.3", .given = true},
	{.text = "0x10", .given = true},
	{.text = "\033[A", .given = true},
	{.n_choices = 3, .text = "a", .read = true, .given = true},
	{.n_choices = 3, .text = " C\n", .read = true, .given = true, .value = 2},
	{.n_choices = 3, .text = "d", .given = true},
	{.n_choices = 3, .text = "ab", .given = true},
	{.n_choices = 3, .text = "1", .given = true},
	{.n_choices = 3, .text = "", .read = true},
};

static void predictions_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		const struct question q = {.n_choices = answers[i].n_choices};
		struct prediction p;

		if (prediction_read(&q, answers[i].text, &p) != answers[i].read)
			fail_msg("\"%s\" is judged wrong", answers[i].text);
		if (!answers[i].read)
			continue;
		assert_int_equal(p.given, answers[i].given);
		if (p.given && p.value != answers[i].value)
			fail_msg("\"%s\" is %g", answers[i].text, p.value);
	}
}

static void a_number_of_too_many_digits_is_none(void **state)
{
	const struct question q = {0};
	char digits[100];
	struct prediction p;

	(void)state;
	memset(digits, '1', sizeof(digits));
	digits[63] = '\0';
	assert_true(prediction_read(&q, digits, &p));
	digits[63] = '1';
	digits[64] = '\0';
	assert_false(prediction_read(&q, digits, &p));
}

static void a_handout_is_laid_out(void **state)
{
	static const char page[] = "# A `title`\n\nTwo lines\nof **one**.\n\n- an item\n  goes on\n"
				   "- \033[31mred\n\n```console\n$ a  `b`\n\n```\n<!-- no -->\n"
				   "1. The last\n";
	FILE *in = fmemopen((void *)page, strlen(page), "r"), *out;
	struct layout l;
	char *text;
	size_t size;

	(void)state;
	out = open_memstream(&text, &size);
	setenv("LC_ALL", "C.UTF-8", 1);
	layout_begin(&l, out, -1, false);
	handout_show(in, &l);
	fclose(in);
	fclose(out);
	assert_string_equal(text, "A title\n\nTwo lines of one.\n\n- an item goes on\n"
				  "- \\x1b[31mred\n\n  $ a  `b`\n\n\n1. The last\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_have_their_values),
		cmocka_unit_test(wrong_expressions_say_why),
		cmocka_unit_test(sentences_are_filled),
		cmocka_unit_test(a_lesson_is_read),
		cmocka_unit_test(broken_lessons_are_refused),
		cmocka_unit_test(more_than_there_is_room_for_is_refused),
		cmocka_unit_test(predictions_are_read),
		cmocka_unit_test(a_number_of_too_many_digits_is_none),
		cmocka_unit_test(a_handout_is_laid_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
