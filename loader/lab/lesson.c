// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "lesson.h"

#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "translation.h"

static const struct field lesson_fields[] = {
	{.name = "title", .type = FIELD_TEXT, .at = offsetof(struct lesson, title)},
	{.name = "question", .type = FIELD_TEXT, .at = offsetof(struct lesson, question)},
	{.name = "needs", .type = FIELD_TEXT, .at = offsetof(struct lesson, needs)},
	{.name = "seconds", .type = FIELD_NUMBER, .at = offsetof(struct lesson, seconds)},
	{.name = "programs",
	 .type = FIELD_LIST,
	 .optional = true,
	 .at = offsetof(struct lesson, program_list)},
	{.name = "runs", .type = FIELD_LIST, .at = offsetof(struct lesson, run_list)},
	{.name = "questions", .type = FIELD_LIST, .at = offsetof(struct lesson, question_list)},
	{0},
};

static const struct field program_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .at = offsetof(struct lesson_program, name)},
	{.name = "package", .type = FIELD_TEXT, .at = offsetof(struct lesson_program, package)},
	{0},
};

static const struct field run_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .at = offsetof(struct lesson_run, name)},
	{.name = "command", .type = FIELD_LIST, .at = offsetof(struct lesson_run, command)},
	{.name = "status",
	 .type = FIELD_NUMBER,
	 .optional = true,
	 .at = offsetof(struct lesson_run, status)},
	{0},
};

static const struct field question_fields[] = {
	{.name = "ask", .type = FIELD_TEXT, .at = offsetof(struct question, ask)},
	{.name = "measured",
	 .type = FIELD_TEXT,
	 .optional = true,
	 .at = offsetof(struct question, measured)},
	{.name = "tolerance",
	 .type = FIELD_NUMBER,
	 .optional = true,
	 .at = offsetof(struct question, tolerance)},
	{.name = "choices",
	 .type = FIELD_LIST,
	 .optional = true,
	 .at = offsetof(struct question, choice_list)},
	{.name = "explain", .type = FIELD_TEXT, .at = offsetof(struct question, explain)},
	{0},
};

static const struct field choice_fields[] = {
	{.name = "text", .type = FIELD_TEXT, .at = offsetof(struct choice, text)},
	{.name = "when", .type = FIELD_TEXT, .at = offsetof(struct choice, when)},
	{0},
};

struct lesson_reader {
	struct reader r;
	struct lesson *lesson;
};

static bool take_programs(struct reader *r, struct lesson *l)
{
	if (!fields_take_count(r, "programs", l->program_list, MAX_PROGRAMS, &l->n_programs))
		return false;
	for (unsigned i = 0; i < l->n_programs; i++) {
		snprintf(r->where, sizeof(r->where), "programs[%u]", i);
		if (!fields_take(r, json_object_array_get_idx(l->program_list, i), program_fields,
				 &l->programs[i]))
			return false;
	}
	*r->where = '\0';
	return true;
}

static bool take_run(struct lesson_reader *l, struct json_object *o, unsigned i)
{
	struct lesson_run *run = &l->lesson->runs[i];
	struct reader *r = &l->r;

	snprintf(r->where, sizeof(r->where), "runs[%u]", i);
	if (!fields_take(r, o, run_fields, run) ||
	    !fields_take_texts(r, "command", run->command, MAX_RUN_ARGS - 1, run->args))
		return false;
	if (strcmp(run->args[0], "run") != 0 && strcmp(run->args[0], "trace") != 0)
		return fields_wrong(r, "command", "must begin with \"run\" or \"trace\"");
	return fields_take_name(r, run->name);
}

static bool take_choices(struct reader *r, struct question *q, unsigned question)
{
	if (!fields_take_count(r, "choices", q->choice_list, MAX_CHOICES, &q->n_choices))
		return false;
	for (unsigned i = 0; i < q->n_choices; i++) {
		snprintf(r->where, sizeof(r->where), "questions[%u].choices[%u]", question, i);
		if (!fields_take(r, json_object_array_get_idx(q->choice_list, i), choice_fields,
				 &q->choices[i]) ||
		    !fields_check_expression(r, "when", q->choices[i].when, false))
			return false;
	}
	snprintf(r->where, sizeof(r->where), "questions[%u]", question);
	return true;
}

static bool take_question(struct lesson_reader *l, struct json_object *o, unsigned i)
{
	struct question *q = &l->lesson->questions[i];
	struct reader *r = &l->r;

	snprintf(r->where, sizeof(r->where), "questions[%u]", i);
	if (!fields_take(r, o, question_fields, q))
		return false;
	if (!q->measured == !q->choice_list)
		return fields_wrong(r, "", "must have either \"measured\" or \"choices\"");
	if (q->choice_list && !take_choices(r, q, i))
		return false;
	if (q->measured && !fields_check_expression(r, "measured", q->measured, false))
		return false;
	return fields_check_expression(r, "explain", q->explain, true);
}

static bool take_lesson(struct lesson_reader *reader)
{
	struct lesson *l = reader->lesson;
	struct reader *r = &reader->r;

	if (!fields_take(r, l->root, lesson_fields, l) ||
	    (l->program_list && !take_programs(r, l)) ||
	    !fields_take_count(r, "runs", l->run_list, MAX_RUNS, &l->n_runs) ||
	    !fields_take_count(r, "questions", l->question_list, MAX_QUESTIONS, &l->n_questions))
		return false;
	for (unsigned i = 0; i < l->n_runs; i++)
		if (!take_run(reader, json_object_array_get_idx(l->run_list, i), i))
			return false;
	json_object_object_add(r->names, "measured", NULL);
	for (unsigned i = 0; i < l->n_questions; i++)
		if (!take_question(reader, json_object_array_get_idx(l->question_list, i), i))
			return false;
	return true;
}

/* All that stands in the root, into the rest of the lesson. */
static bool take_root(struct lesson *lesson, char *error)
{
	struct lesson_reader reader = {
		.r = {.names = json_object_new_object(), .error = error},
		.lesson = lesson,
	};
	bool good = take_lesson(&reader);

	json_object_put(reader.r.names);
	return good;
}

bool lesson_parse(struct lesson *lesson, const char *json, char *error)
{
	*lesson = (struct lesson){0};
	return fields_parse(json, &lesson->root, error) && take_root(lesson, error);
}

bool lesson_translate(struct lesson *lesson, const char *json, char *error)
{
	bool good = translate(lesson->root, json, error);

	*lesson = (struct lesson){.root = lesson->root};
	return good && take_root(lesson, error);
}

void lesson_free(struct lesson *lesson)
{
	json_object_put(lesson->root);
	lesson->root = NULL;
}
