/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * An exercise as the exercise.json of its lesson has it: the loads that a student's server is put
 * under, and the criteria that it is judged by. docs/architecture.md describes the file.
 */
#ifndef WAKELAB_EXERCISE_H
#define WAKELAB_EXERCISE_H

#include <json-c/json.h>
#include <stdbool.h>

#define MAX_LOADS     4
#define MAX_LOAD_ARGS 32
#define MAX_CLIENTS   8
#define MAX_CRITERIA  16
#define MAX_WHEN      6
#define MAX_REASONS   6

struct exercise_load {
	const char *name;                     /* by which expressions know it */
	const char *clients[MAX_CLIENTS + 1]; /* hostile ones, that come first */
	const char *args[MAX_LOAD_ARGS + 1];  /* of "wakelab load" */
	struct json_object *client_list, *arg_list;
};

struct reason {
	const char *when; /* expression; NULL: it holds if none before it does */
	const char *say;  /* a sentence for expression_fill() */
};

struct criterion {
	const char *name;
	const char *asks;                   /* a sentence: what is to be so */
	double points;                      /* a whole number, at least 1 */
	const char *when[MAX_WHEN + 1];     /* expressions, all of which are to hold */
	struct reason because[MAX_REASONS]; /* why they do not */
	unsigned n_because;
	const char *call;  /* the function of libc that is called in the wrong way; NULL: none */
	const char *event; /* NULL, or "stall": that of the load which when[0] begins with */
	struct json_object *when_list, *because_list;
};

struct exercise {
	const char *task; /* what is to be written */
	bool udp;
	struct exercise_load loads[MAX_LOADS];
	struct criterion criteria[MAX_CRITERIA];
	unsigned n_loads, n_criteria;
	const char *protocol;     /* "tcp" or "udp" */
	struct json_object *root; /* that all texts belong to */
	struct json_object *load_list, *criterion_list;
};

/* As lesson_parse(), lesson_translate() and lesson_free(). */
bool exercise_parse(struct exercise *exercise, const char *json, char *error);
bool exercise_translate(struct exercise *exercise, const char *json, char *error);
void exercise_free(struct exercise *exercise);

#endif
