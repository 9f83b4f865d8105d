/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What wakelab does in a process of its own, which dies with this one. */
#ifndef WAKELAB_PART_H
#define WAKELAB_PART_H

#include <json-c/json.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "command_rows.h"

/* What a part does; gives its exit status. */
typedef int part_function(void *arg);

struct part_command {
	command_function *run;
	char **argv; /* ends with NULL */
};

/* How the caller had the signals that are changed here: parts find them as they were. */
struct part_signals {
	struct sigaction
		child; /* SIGCHLD, which is needed as it is by default to learn of an end */
	sigset_t mask;
};

/* Where a part runs. */
struct part_place {
	int in, out, err;   /* what becomes descriptor 0, 1 and 2 of it; -1: it stays what it is */
	const char *folder; /* NULL: it stays where we are */
};

struct part {
	pid_t pid; /* 0: there is none */
	int pidfd;
	int status; /* of waitpid(), once it ended */
	bool ended;
};

void parts_begin(struct part_signals *before);
void parts_end(const struct part_signals *before);

/* Forks and runs it. Returns 0, or -1 after one line on stderr. */
int part_start(struct part *p, part_function *run, void *arg, const struct part_place *place,
	       const struct part_signals *before);

/* A part_function: runs a struct part_command. */
int part_run_command(void *arg);

/* Waits for its end, for so long at most. Gives whether it has ended. */
bool part_ended(struct part *p, int timeout_ms);

/* Tells it to end, and ends it if it has not after so long. Gives whether it did by itself. */
bool part_stop(struct part *p, int timeout_ms);

/* A file in memory for what a part prints. -1 after one line on stderr. */
int part_output(void);

/* All that is in it, a string to be freed; NULL: there is no memory. */
char *part_text(int output);

/* Reads the lines of JSON in it, an array of objects; lines that are none are left out. */
struct json_object *part_lines(int output);

/* The first of them of that "type", which belongs to them; NULL: there is none. */
struct json_object *part_line_of(struct json_object *lines, const char *type);

#endif
