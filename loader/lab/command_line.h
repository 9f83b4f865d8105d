/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The command line of a part that measures: what is asked for, behind what is ours. */
#ifndef WAKELAB_COMMAND_LINE_H
#define WAKELAB_COMMAND_LINE_H

#include <stddef.h>

#include "user.h"

struct command_line {
	char **argv; /* ends with NULL; its words are the caller's, or in here */
	size_t n;
	char name[32], output[48];
	struct user user;
};

/*
 * Begins that of "wakelab COMMAND", which is to write NDJSON to the descriptor output. One that
 * traces ("trace") runs its program as the user who called sudo, and nothing that the program
 * starts outlives it. There is room for as many words more. Returns 0, or -1 after one line on
 * stderr; command_line_end() is needed in both cases.
 */
int command_line_begin(struct command_line *line, const char *command, int output, size_t words);

/* Adds a word, for which there is room. */
void command_line_add(struct command_line *line, const char *word);

void command_line_end(struct command_line *line);

#endif
