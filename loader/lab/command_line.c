// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "command_line.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_OURS 6 /* at most, and the NULL behind all */

void command_line_add(struct command_line *line, const char *word)
{
	line->argv[line->n++] = (char *)word;
}

int command_line_begin(struct command_line *line, const char *command, int output, size_t words)
{
	*line = (struct command_line){.argv = calloc(N_OURS + 1 + words, sizeof(char *))};
	if (!line->argv) {
		warn("cannot allocate memory for the command line of a run");
		return -1;
	}
	snprintf(line->name, sizeof(line->name), "wakelab %s", command);
	snprintf(line->output, sizeof(line->output), "--output=/proc/self/fd/%d", output);
	command_line_add(line, line->name);
	command_line_add(line, "--format=ndjson");
	command_line_add(line, line->output);
	if (strcmp(command, "trace") != 0)
		return 0;
	command_line_add(line, "--kill-on-exit");
	if (user_of_sudo(&line->user)) {
		command_line_add(line, "--user");
		command_line_add(line, line->user.name);
	}
	return 0;
}

void command_line_end(struct command_line *line)
{
	free(line->argv);
}
