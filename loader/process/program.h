/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Finding and executing the program of a command. */
#ifndef WAKELAB_PROGRAM_H
#define WAKELAB_PROGRAM_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct program {
	char path[PATH_MAX];
	char **argv;
};

/* Finds argv[0] as execvp(3) would, along PATH unless there is a slash in it. Returns 0, or the
 * exit status that shells have for it (127, 126) after one line on stderr. */
int program_find(struct program *p, char **argv);

/* Whether a program of that name would be found so. */
bool program_exists(const char *name);

/* Executes it, as a script of the shell if the kernel does not know what it is. Returns only if
 * that failed, with errno. */
void program_execute(const struct program *p);

/* Says why it could not be executed; gives the exit status that shells have for it. */
int program_failed(const struct program *p, int error);

#endif
