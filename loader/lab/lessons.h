/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The folder that the lessons lie in, one folder each: NN-name. */
#ifndef WAKELAB_LESSONS_H
#define WAKELAB_LESSONS_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "exercise.h"
#include "lesson.h"

#define MAX_LESSONS 99
#define LESSON_NAME 64 /* bytes */

struct lessons {
	char folder[PATH_MAX];
	char names[MAX_LESSONS][LESSON_NAME]; /* "07-edge-triggered"; sorted */
	unsigned n;
};

/*
 * Finds them: in the folder that is given; else, if it is NULL, in labs/ beside the folder of this
 * program (a build), or in ../share/wakelab/labs seen from there (an installation). Returns 0 or -1
 * after one line on stderr.
 */
int lessons_find(struct lessons *lessons, const char *folder);

/* The lesson that "07", "7", "edge-triggered" or "07-edge-triggered" means; NULL after one line on
 * stderr, which names what is near. */
const char *lessons_name(const struct lessons *lessons, const char *asked);

/* The path of a file of a lesson, PATH_MAX bytes; "" if it would be longer. */
void lessons_path(const struct lessons *lessons, const char *name, const char *file, char *path);

/* Opens a file of a lesson, in the language that was chosen (language.h) if it is there in it.
 * NULL after one line on stderr. */
FILE *lessons_open(const struct lessons *lessons, const char *name, const char *file);

/* Reads its lesson.json, see lesson_parse(), with the texts of the language that was chosen if
 * there are some. Returns 0 or -1 after one line on stderr, with nothing to be freed. */
int lessons_read(const struct lessons *lessons, const char *name, struct lesson *lesson);

/* Whether a lesson has a file of that name. */
bool lessons_have(const struct lessons *lessons, const char *name, const char *file);

/* Reads its exercise.json, see exercise_parse(). As lessons_read(); a lesson may have none. */
int lessons_read_exercise(const struct lessons *lessons, const char *name,
			  struct exercise *exercise);

#endif
