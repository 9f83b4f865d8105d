// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The exercises of lessons: how one is read, what is refused, and what becomes of its criteria. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exercise.h"
#include "fields.h"
#include "verdict.h"

/* An exercise, of which a test replaces one part by another. */
static const char good[] =
	"{\"task\": \"T.\", \"protocol\": \"tcp\",\n"
	" \"loads\": [{\"name\": \"echo\", \"args\": [\"--conns\", \"2\"]},\n"
	"           {\"name\": \"bad\", \"clients\": [\"reset\", \"deaf\"], \"args\": "
	"[\"--conns\", \"1\"]}],\n"
	" \"criteria\": [{\"name\": \"first\", \"points\": 3, \"asks\": \"A.\",\n"
	"   \"when\": [\"echo.n = 1\", \"bad.n = 1\"], \"call\": \"read\", \"event\": \"stall\",\n"
	"   \"because\": [{\"when\": \"echo.n > 1\", \"say\": \"many: {echo.n}\"}, {\"say\": "
	"\"few\"}]},\n"
	"  {\"name\": \"second\", \"points\": 2, \"asks\": \"B.\", \"when\": [\"bad.n = 1\"],\n"
	"   \"because\": [{\"say\": \"{bad.n}\"}]}]}\n";

static void an_exercise_is_read(void **state)
{
	char error[FIELD_ERROR];
	struct exercise e;

	(void)state;
	assert_true(exercise_parse(&e, good, error));
	assert_string_equal(e.task, "T.");
	assert_false(e.udp);
	assert_int_equal(e.n_loads, 2);
	assert_null(e.loads[0].clients[0]);
	assert_string_equal(e.loads[0].args[1], "2");
	assert_null(e.loads[0].args[2]);
	assert_string_equal(e.loads[1].clients[1], "deaf");
	assert_null(e.loads[1].clients[2]);
	assert_int_equal(e.n_criteria, 2);
	assert_true(e.criteria[0].points == 3);
	assert_string_equal(e.criteria[0].when[1], "bad.n = 1");
	assert_null(e.criteria[0].when[2]);
	assert_int_equal(e.criteria[0].n_because, 2);
	assert_string_equal(e.criteria[0].call, "read");
	assert_string_equal(e.criteria[0].event, "stall");
	assert_null(e.criteria[1].call);
	exercise_free(&e);
}

static const struct {
	const char *part, *by, *error;
} broken[] = {
	{"{\"task\": \"T.\",", "[", "line 1: invalid JSON: "},
	{"\"task\": \"T.\", ", "", "task: is missing"},
	{"\"tcp\"", "\"sctp\"", "protocol: must be \"tcp\" or \"udp\""},
	{"\"bad\", \"clients\"", "\"echo\", \"clients\"", "loads[1].name: must consist of"},
	{"\"deaf\"", "\"daef\"", "loads[1].clients: there is no client \"daef\""},
	{"\"deaf\"", "7", "loads[1].clients: must be a string"},
	{"[\"--conns\", \"2\"]", "[]", "loads[0].args: must be an array of one or more"},
	{"\"points\": 3", "\"points\": 0", "criteria[0].points: must be a whole number, 1 or more"},
	{"\"points\": 3", "\"points\": 1.5", "criteria[0].points: must be a whole number, 1 or "},
	{"\"points\": 3", "\"point\": 3", "criteria[0].point: unknown field"},
	{"\"stall\"", "\"stalls\"", "criteria[0].event: must be \"stall\""},
	{"\"echo.n = 1\"", "\"ehco.n = 1\"", "criteria[0].when: there is no \"ehco\""},
	{"\"bad.n = 1\"], \"call\"", "\"bad.n =\"], \"call\"",
	 "criteria[0].when: a value is missing"},
	{"{echo.n}", "{eco.n}", "criteria[0].because[0].say: there is no \"eco\""},
	{"\"when\": \"echo.n > 1\", ", "", "criteria[0].because[0].when: is missing"},
	{"{\"say\": \"few\"}", "{\"when\": \"1\", \"say\": \"few\"}",
	 "criteria[0].because[1].when: the last one must have none"},
	{"\"B.\"", "\"B\\u001b.\"", "criteria[1].asks: contains a backslash or unprintable "},
};

static void broken_exercises_are_refused(void **state)
{
	char json[2 * sizeof(good)], error[FIELD_ERROR];
	struct exercise e;

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		const char *at = strstr(good, broken[i].part);

		assert_non_null(at);
		snprintf(json, sizeof(json), "%.*s%s%s", (int)(at - good), good, broken[i].by,
			 at + strlen(broken[i].part));
		assert_false(exercise_parse(&e, json, error));
		exercise_free(&e);
		if (strncmp(error, broken[i].error, strlen(broken[i].error)) != 0)
			fail_msg("\"%s\" is not \"%s\"", error, broken[i].error);
	}
}

static const struct {
	const char *facts, *why_not;
	enum judged first, second;
	unsigned points, of, unknown;
	const char *because; /* the first failed */
	bool whole;
} verdicts[] = {
	{.facts = "{\"echo\": {\"n\": 1}, \"bad\": {\"n\": 1}}",
	 .why_not = "",
	 .first = PASSED,
	 .second = PASSED,
	 .points = 5,
	 .of = 5,
	 .because = "",
	 .whole = true},
	{.facts = "{\"echo\": {\"n\": 3}, \"bad\": {\"n\": 1}}",
	 .why_not = "",
	 .first = FAILED,
	 .second = PASSED,
	 .points = 2,
	 .of = 5,
	 .because = "many: 3",
	 .whole = true},
	{.facts = "{\"echo\": {\"n\": 0}, \"bad\": {\"n\": 1}}",
	 .why_not = "",
	 .first = FAILED,
	 .second = PASSED,
	 .points = 2,
	 .of = 5,
	 .because = "few",
	 .whole = true},
	/* one condition is known not to hold: that suffices */
	{.facts = "{\"echo\": {\"n\": null}, \"bad\": {\"n\": 0}}",
	 .why_not = "",
	 .first = FAILED,
	 .second = FAILED,
	 .of = 5,
	 .because = "few",
	 .whole = true},
	/* this kernel does not show it */
	{.facts = "{\"echo\": {\"n\": null}, \"bad\": {\"n\": 1}}",
	 .why_not = "",
	 .first = UNKNOWN,
	 .second = PASSED,
	 .points = 2,
	 .of = 2,
	 .unknown = 3,
	 .because = "",
	 .whole = true},
	/* the second load did not take place */
	{.facts = "{\"echo\": {\"n\": 1}, \"bad\": null}",
	 .why_not = "it died",
	 .first = NOT_SEEN,
	 .second = NOT_SEEN,
	 .of = 5,
	 .because = "",
	 .whole = true},
	{.facts = "{\"echo\": {\"n\": 2}, \"bad\": null}",
	 .why_not = "it died",
	 .first = FAILED,
	 .second = NOT_SEEN,
	 .of = 5,
	 .because = "many: 2",
	 .whole = true},
	{.facts = "{\"echo\": {\"n\": 1, \"lost\": {\"tasks\": 0, \"recursion\": 1}}, \"bad\": "
		  "{\"n\": 1}}",
	 .why_not = "",
	 .first = PASSED,
	 .second = PASSED,
	 .points = 5,
	 .of = 5,
	 .because = ""},
};

static void criteria_are_judged_by_the_facts(void **state)
{
	char error[FIELD_ERROR];
	struct exercise e;

	(void)state;
	assert_true(exercise_parse(&e, good, error));
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		struct json_object *facts = json_tokener_parse(verdicts[i].facts);
		struct judgement j = {
			.exercise = &e, .name = "01-one", .why_not = verdicts[i].why_not};

		assert_non_null(facts);
		assert_int_equal(judge(&j, facts), 0);
		if (j.findings[0].verdict != verdicts[i].first ||
		    j.findings[1].verdict != verdicts[i].second || j.points != verdicts[i].points ||
		    j.of != verdicts[i].of || j.unknown != verdicts[i].unknown ||
		    j.whole != verdicts[i].whole)
			fail_msg("%s: %u and %u, %u of %u, %u unknown", verdicts[i].facts,
				 j.findings[0].verdict, j.findings[1].verdict, j.points, j.of,
				 j.unknown);
		assert_string_equal(j.findings[0].because, verdicts[i].because);
		json_object_put(facts);
	}
	exercise_free(&e);
}

static void the_event_is_that_of_the_load(void **state)
{
	struct json_object *facts =
		json_tokener_parse("{\"echo\": {\"n\": 0, \"stall\": {\"fd\": 7}}, \"bad\": "
				   "{\"n\": 0, \"stall\": null}}");
	char error[FIELD_ERROR];
	struct exercise e;
	struct judgement j = {.exercise = &e, .name = "01-one", .why_not = ""};

	(void)state;
	assert_true(exercise_parse(&e, good, error));
	assert_int_equal(judge(&j, facts), 0);
	assert_int_equal(json_object_get_int(json_object_object_get(j.findings[0].event, "fd")), 7);
	assert_null(j.findings[1].event);
	json_object_put(facts);
	exercise_free(&e);
}

static void what_the_facts_do_not_have_is_an_error(void **state)
{
	struct json_object *facts = json_tokener_parse("{\"echo\": {}, \"bad\": {\"n\": 1}}");
	char error[FIELD_ERROR];
	struct exercise e;
	struct judgement j = {.exercise = &e, .name = "01-one", .why_not = ""};

	(void)state;
	assert_true(exercise_parse(&e, good, error));
	assert_int_equal(judge(&j, facts), -1);
	json_object_put(facts);
	exercise_free(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exercise_is_read),
		cmocka_unit_test(broken_exercises_are_refused),
		cmocka_unit_test(criteria_are_judged_by_the_facts),
		cmocka_unit_test(the_event_is_that_of_the_load),
		cmocka_unit_test(what_the_facts_do_not_have_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
