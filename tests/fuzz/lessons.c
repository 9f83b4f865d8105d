// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The JSON of a lesson, lesson.json or exercise.json. What stands behind a NUL is its translation,
 * an answer, and the numbers that expressions are about. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exercise.h"
#include "expression.h"
#include "lesson.h"
#include "prediction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fill(const char *sentence, struct json_object *values)
{
	char filled[FIELD_SENTENCE], error[EXPRESSION_ERROR];

	expression_fill(sentence, values, filled, sizeof(filled), error);
}

static void feed_lesson(const char *text, const char *other, struct json_object *values)
{
	char error[FIELD_ERROR];
	struct prediction p;
	struct lesson lesson;

	if (lesson_parse(&lesson, text, error)) {
		for (unsigned i = 0; i < lesson.n_questions; i++) {
			prediction_read(&lesson.questions[i], other, &p);
			fill(lesson.questions[i].explain, values);
		}
		lesson_translate(&lesson, other, error);
	}
	lesson_free(&lesson);
}

static void feed_exercise(const char *text, const char *other, struct json_object *values)
{
	char error[FIELD_ERROR];
	struct exercise exercise;

	if (exercise_parse(&exercise, text, error)) {
		for (unsigned i = 0; i < exercise.n_criteria; i++)
			for (unsigned n = 0; n < exercise.criteria[i].n_because; n++)
				fill(exercise.criteria[i].because[n].say, values);
		exercise_translate(&exercise, other, error);
	}
	exercise_free(&exercise);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *other, error[FIELD_ERROR];
	struct json_object *values = NULL;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	other = strlen(text) < size ? text + strlen(text) + 1 : text;
	fields_parse(other, &values, error);
	feed_lesson(text, other, values);
	feed_exercise(text, other, values);
	fill(text, values);
	expression_value(text, values, error);
	json_object_put(values);
	free(text);
	return 0;
}
