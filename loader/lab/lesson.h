/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A lesson as its lesson.json has it: the runs that are made, and the questions that they answer.
 * docs/architecture.md describes the file.
 */
#ifndef WAKELAB_LESSON_H
#define WAKELAB_LESSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "fields.h"

#define MAX_PROGRAMS  4
#define MAX_RUNS      4
#define MAX_RUN_ARGS  32
#define MAX_QUESTIONS 8
#define MAX_CHOICES   6

/* A program that the runs need, and the package of Debian that it is in. */
struct lesson_program {
	const char *name, *package;
};

struct lesson_run {
	const char *name;               /* by which expressions know it */
	const char *args[MAX_RUN_ARGS]; /* as after "wakelab"; NULL-terminated; run or trace */
	double status;               /* its exit status: 1 of a server that is wrong on purpose */
	struct json_object *command; /* where the args come from */
};

struct choice {
	const char *text;
	const char *when; /* expression: this one is right if it holds, and none before it does */
};

struct question {
	const char *ask;
	const char *measured; /* expression; NULL: one of the choices is measured */
	double tolerance;     /* a prediction that is off by so much is right still */
	const char *explain;  /* a sentence for expression_fill(), which also knows "measured" */
	struct choice choices[MAX_CHOICES];
	unsigned n_choices; /* 0: the answer is a number */
	struct json_object *choice_list;
};

struct lesson {
	const char *title;
	const char *question; /* what it is about, at most 40 characters */
	const char *needs;    /* to be run */
	double seconds;       /* of machine time, about */
	struct lesson_program programs[MAX_PROGRAMS];
	struct lesson_run runs[MAX_RUNS];
	struct question questions[MAX_QUESTIONS];
	unsigned n_programs, n_runs, n_questions;
	struct json_object *root; /* that all texts belong to */
	struct json_object *program_list, *run_list, *question_list;
};

/*
 * Reads it from its JSON. Every field is checked, and every expression as far as that can be done
 * without numbers; all texts are fit for a terminal, see visible.h. False: error, FIELD_ERROR
 * bytes, says which field is wrong and why. lesson_free() is needed in both cases.
 */
bool lesson_parse(struct lesson *lesson, const char *json, char *error);

/* Replaces its texts by those of a translation, see translation.h. False, and what else there is to
 * know: as of lesson_parse(). */
bool lesson_translate(struct lesson *lesson, const char *json, char *error);

void lesson_free(struct lesson *lesson);

#endif
