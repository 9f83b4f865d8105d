/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What becomes of the criteria of an exercise: a function of the facts of its loads. */
#ifndef WAKELAB_VERDICT_H
#define WAKELAB_VERDICT_H

#include <stdio.h>

#include "exercise.h"
#include "fields.h"
#include "layout.h"

enum judged {
	PASSED,
	FAILED,
	NOT_SEEN, /* no client could come, so nothing is known: the server's fault */
	UNKNOWN,  /* this kernel does not show it: its points do not count */
};

struct finding {
	enum judged verdict;
	char because[FIELD_SENTENCE]; /* why it failed; "" */
	struct json_object *event;    /* of the facts, which it belongs to; NULL: none */
	char look_at[256];            /* functions of the server's program, visible(); "" */
};

struct judgement {
	const struct exercise *exercise;
	const char *name;    /* of the lesson */
	const char *program; /* the file that is looked at for functions; NULL: none */
	const char *why_not; /* no client could come, and why; "" */
	struct finding findings[MAX_CRITERIA];
	unsigned points, of, unknown; /* reached; that could be; that cannot be judged here */
	bool whole;                   /* nothing was lost */
};

/*
 * Judges by the facts: {load: facts}, null for a load that did not take place. Returns 0, or -1
 * after one line on stderr: the exercise asks for what the facts do not have.
 */
int judge(struct judgement *j, struct json_object *facts);

/* For people; and as one JSON object for each criterion. */
void judgement_show(const struct judgement *j, struct layout *l);
void judgement_put(const struct judgement *j, FILE *out);

#endif
