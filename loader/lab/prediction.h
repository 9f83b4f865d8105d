/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What somebody expects before a run: a number, or the letter of a choice. */
#ifndef WAKELAB_PREDICTION_H
#define WAKELAB_PREDICTION_H

#include <stdbool.h>
#include <stdio.h>

#include "layout.h"
#include "lesson.h"

struct prediction {
	bool given;
	double value; /* the number, or which choice, from 0 on */
};

/* Reads one; "" is none. False: it is no answer to that question. */
bool prediction_read(const struct question *q, const char *text, struct prediction *p);

/* Reads one for each question from a list, separated by commas. Returns 0 or -1 after one line on
 * stderr. */
int predictions_read(const struct lesson *lesson, const char *list, struct prediction *predictions);

/*
 * Shows each question and reads the answer from in; what is none is asked for again. Returns 0, or
 * -1 at the end of in.
 */
int predictions_ask(const struct lesson *lesson, struct layout *l, FILE *in,
		    struct prediction *predictions);

/* The choices of a question, a line each, below what was asked. */
void choices_show(struct layout *l, const struct question *q);

#endif
