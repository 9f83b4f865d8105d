// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "lesson.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "expression.h"
#include "visible.h"

#define MAX_TEXT 1000 /* bytes of a text */

enum field_type { FIELD_TEXT, FIELD_NUMBER, FIELD_LIST };

/* A field of an object, and where in the struct for that object it goes. */
struct field {
	const char *name;
	enum field_type type;
	bool optional;
	size_t at;
};

static const struct field lesson_fields[] = {
	{"title", FIELD_TEXT, false, offsetof(struct lesson, title)},
	{"question", FIELD_TEXT, false, offsetof(struct lesson, question)},
	{"needs", FIELD_TEXT, false, offsetof(struct lesson, needs)},
	{"seconds", FIELD_NUMBER, false, offsetof(struct lesson, seconds)},
	{"runs", FIELD_LIST, false, offsetof(struct lesson, run_list)},
	{"questions", FIELD_LIST, false, offsetof(struct lesson, question_list)},
	{0},
};

static const struct field run_fields[] = {
	{"name", FIELD_TEXT, false, offsetof(struct lesson_run, name)},
	{"command", FIELD_LIST, false, offsetof(struct lesson_run, command)},
	{"status", FIELD_NUMBER, true, offsetof(struct lesson_run, status)},
	{0},
};

static const struct field question_fields[] = {
	{"ask", FIELD_TEXT, false, offsetof(struct question, ask)},
	{"measured", FIELD_TEXT, true, offsetof(struct question, measured)},
	{"tolerance", FIELD_NUMBER, true, offsetof(struct question, tolerance)},
	{"choices", FIELD_LIST, true, offsetof(struct question, choice_list)},
	{"explain", FIELD_TEXT, false, offsetof(struct question, explain)},
	{0},
};

static const struct field choice_fields[] = {
	{"text", FIELD_TEXT, false, offsetof(struct choice, text)},
	{"when", FIELD_TEXT, false, offsetof(struct choice, when)},
	{0},
};

struct reader {
	struct lesson *lesson;
	struct json_object *names; /* what expressions may name: nothing of it is known yet */
	char *error;
	char where[64]; /* the object that is read: "", "questions[1]" */
};

/* Of a field of the object that is read, or of that object. Gives false. */
__attribute__((format(printf, 3, 4))) static bool wrong(struct reader *r, const char *field,
							const char *format, ...)
{
	char reason[EXPRESSION_ERROR + 64], name[VISIBLE_SIZE(32)], seen[32];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	snprintf(seen, sizeof(seen), "%s", field);
	snprintf(r->error, LESSON_ERROR, "%s%s%s%s%s", r->where, *r->where && *field ? "." : "",
		 visible(seen, name, sizeof(name)), *r->where || *field ? ": " : "", reason);
	return false;
}

static bool take_text(struct reader *r, struct json_object *o, const char *name, const char **into)
{
	char seen[VISIBLE_SIZE(MAX_TEXT)];
	const char *text = json_object_get_string(o);
	size_t len = json_object_is_type(o, json_type_string) ? json_object_get_string_len(o) : 0;

	if (!len)
		return wrong(r, name, "is to be a text");
	if (len != strlen(text) || len >= MAX_TEXT)
		return wrong(r, name, "is longer than %d bytes, or has a NUL in it", MAX_TEXT - 1);
	if (strcmp(text, visible(text, seen, sizeof(seen))))
		return wrong(r, name, "has a backslash or characters that are not to be shown");
	*into = text;
	return true;
}

static bool take_number(struct reader *r, struct json_object *o, const char *name, double *into)
{
	double value = json_object_get_double(o);

	if (!json_object_is_type(o, json_type_int) && !json_object_is_type(o, json_type_double))
		return wrong(r, name, "is to be a number");
	if (!(value >= 0 && value <= 1e15))
		return wrong(r, name, "is to be a number from 0 on");
	*into = value;
	return true;
}

static bool take_list(struct reader *r, struct json_object *o, const char *name,
		      struct json_object **into)
{
	if (!json_object_is_type(o, json_type_array) || !json_object_array_length(o))
		return wrong(r, name, "is to be an array of one or more");
	*into = o;
	return true;
}

static bool take_field(struct reader *r, struct json_object *o, const struct field *f, char *into)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, f->name, &value))
		return f->optional || wrong(r, f->name, "is missing");
	switch (f->type) {
	case FIELD_TEXT:
		return take_text(r, value, f->name, (const char **)(into + f->at));
	case FIELD_NUMBER:
		return take_number(r, value, f->name, (double *)(into + f->at));
	default:
		return take_list(r, value, f->name, (struct json_object **)(into + f->at));
	}
}

/* Takes all fields of an object into the struct for it, and refuses others. */
static bool take(struct reader *r, struct json_object *o, const struct field *fields, void *into)
{
	if (!json_object_is_type(o, json_type_object))
		return wrong(r, "", "is to be an object");
	json_object_object_foreach(o, key, unused)
	{
		const struct field *f = fields;

		(void)unused;
		while (f->name && strcmp(f->name, key))
			f++;
		if (!f->name)
			return wrong(r, key, "there is no such field");
	}
	for (const struct field *f = fields; f->name; f++)
		if (!take_field(r, o, f, into))
			return false;
	return true;
}

/* Whether an expression, or one in a sentence, could have a value. */
static bool check_expression(struct reader *r, const char *field, const char *text, bool sentence)
{
	char filled[EXPLANATION], why[EXPRESSION_ERROR];

	if (sentence)
		expression_fill(text, r->names, filled, sizeof(filled), why);
	else
		expression_value(text, r->names, why);
	return !*why || wrong(r, field, "%s", why);
}

/* How many there are in a list; more than a struct has room for are refused. */
static bool take_count(struct reader *r, const char *field, struct json_object *list, unsigned most,
		       unsigned *n)
{
	*n = json_object_array_length(list);
	return *n <= most || wrong(r, field, "has more than %u", most);
}

static bool take_command(struct reader *r, struct lesson_run *run)
{
	unsigned n;

	if (!take_count(r, "command", run->command, MAX_RUN_ARGS - 1, &n))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!take_text(r, json_object_array_get_idx(run->command, i), "command",
			       &run->args[i]))
			return false;
	return !strcmp(run->args[0], "run") || wrong(r, "command", "does not begin with \"run\"");
}

static bool is_name(const char *text)
{
	if (!isalpha((unsigned char)*text))
		return false;
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return !*text;
}

static bool take_run(struct reader *r, struct json_object *o, unsigned i)
{
	struct lesson_run *run = &r->lesson->runs[i];

	snprintf(r->where, sizeof(r->where), "runs[%u]", i);
	if (!take(r, o, run_fields, run) || !take_command(r, run))
		return false;
	if (!is_name(run->name) || !strcmp(run->name, "measured") ||
	    json_object_object_get_ex(r->names, run->name, NULL))
		return wrong(r, "name", "is no name for it: letters and digits, of no other run");
	json_object_object_add(r->names, run->name, NULL);
	return true;
}

static bool take_choices(struct reader *r, struct question *q, unsigned question)
{
	if (!take_count(r, "choices", q->choice_list, MAX_CHOICES, &q->n_choices))
		return false;
	for (unsigned i = 0; i < q->n_choices; i++) {
		snprintf(r->where, sizeof(r->where), "questions[%u].choices[%u]", question, i);
		if (!take(r, json_object_array_get_idx(q->choice_list, i), choice_fields,
			  &q->choices[i]) ||
		    !check_expression(r, "when", q->choices[i].when, false))
			return false;
	}
	snprintf(r->where, sizeof(r->where), "questions[%u]", question);
	return true;
}

static bool take_question(struct reader *r, struct json_object *o, unsigned i)
{
	struct question *q = &r->lesson->questions[i];

	snprintf(r->where, sizeof(r->where), "questions[%u]", i);
	if (!take(r, o, question_fields, q))
		return false;
	if (!q->measured == !q->choice_list)
		return wrong(r, "", "is to have either \"measured\" or \"choices\"");
	if (q->choice_list && !take_choices(r, q, i))
		return false;
	if (q->measured && !check_expression(r, "measured", q->measured, false))
		return false;
	return check_expression(r, "explain", q->explain, true);
}

static bool take_lesson(struct reader *r)
{
	struct lesson *l = r->lesson;

	if (!take(r, l->root, lesson_fields, l) ||
	    !take_count(r, "runs", l->run_list, MAX_RUNS, &l->n_runs) ||
	    !take_count(r, "questions", l->question_list, MAX_QUESTIONS, &l->n_questions))
		return false;
	for (unsigned i = 0; i < l->n_runs; i++)
		if (!take_run(r, json_object_array_get_idx(l->run_list, i), i))
			return false;
	json_object_object_add(r->names, "measured", NULL);
	for (unsigned i = 0; i < l->n_questions; i++)
		if (!take_question(r, json_object_array_get_idx(l->question_list, i), i))
			return false;
	return true;
}

static bool parse_json(const char *json, struct json_object **root, char *error)
{
	struct json_tokener *tokener = json_tokener_new();
	enum json_tokener_error result;
	unsigned line = 1;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	*root = json_tokener_parse_ex(tokener, json, strlen(json) + 1);
	for (size_t i = 0; i < json_tokener_get_parse_end(tokener); i++)
		line += json[i] == '\n';
	result = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (result == json_tokener_success)
		return true;
	snprintf(error, LESSON_ERROR, "line %u: is no JSON: %s", line,
		 json_tokener_error_desc(result));
	return false;
}

bool lesson_parse(struct lesson *lesson, const char *json, char *error)
{
	struct reader r = {.lesson = lesson, .error = error};
	bool good;

	*lesson = (struct lesson){0};
	if (!parse_json(json, &lesson->root, error))
		return false;
	r.names = json_object_new_object();
	good = take_lesson(&r);
	json_object_put(r.names);
	return good;
}

void lesson_free(struct lesson *lesson)
{
	json_object_put(lesson->root);
	lesson->root = NULL;
}
