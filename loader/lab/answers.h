/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The questions of a lesson with what was predicted and what was measured. */
#ifndef WAKELAB_ANSWERS_H
#define WAKELAB_ANSWERS_H

#include "prediction.h"

enum right { RIGHT_UNKNOWN, RIGHT, NOT_RIGHT };

struct answer {
	struct prediction prediction;
	double measured;  /* as a prediction has it; NAN: this kernel does not show it */
	enum right right; /* unknown also if there is no prediction */
	char explanation[FIELD_SENTENCE];
};

struct answers {
	const struct lesson *lesson;
	const char *name; /* of the lesson, "07-edge-triggered" */
	struct answer answers[MAX_QUESTIONS];
	bool whole; /* nothing was lost in any run */
};

/*
 * Answers each question, whose predictions are there already, from values: {run: summary}. Returns
 * 0 or -1 after one line on stderr: the lesson asks for what the summaries do not have.
 */
int answers_find(struct answers *a, struct json_object *values);

/* For people, and as one JSON object for each question. */
void answers_show(const struct answers *a, struct layout *l);
void answers_put(const struct answers *a, FILE *out);

#endif
