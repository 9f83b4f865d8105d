/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The lines of NDJSON that a check comes to, and the file that they are handed in as. */
#ifndef WAKELAB_RESULTS_H
#define WAKELAB_RESULTS_H

#include <stdbool.h>
#include <stdio.h>

#include "verdict.h"

struct results {
	FILE *out; /* lines are printed to it: it writes into text */
	char *text;
	size_t size;
	bool complete;    /* the score is there */
	const char *path; /* NULL: there is no file */
	int fd;
};

/* path may be NULL. What is in the file stays there until results_end(). Returns 0, or -1 after one
 * line on stderr. */
int results_begin(struct results *r, const char *path);

/*
 * The last line: the score, of whom and of which command it is, and the SHA-256 of all lines before
 * it, as head -n -1 FILE | sha256sum has it. Returns 0, or -1 after one line on stderr.
 */
int results_put_score(struct results *r, const struct judgement *j, char **command);

/*
 * What a program that is judged is to change nothing in, in path, of PATH_MAX bytes: the folder of
 * the file. It is the file alone if others have their files in that folder, too: it is a shared
 * one, or that where we are. False: there is no file to be kept.
 */
bool results_seal(const struct results *r, char *path);

/* Prints all lines. */
void results_print(struct results *r, FILE *to);

/* Writes the file, if there is one and a score. Returns 0, or -1 after one line on stderr. */
int results_end(struct results *r);

#endif
