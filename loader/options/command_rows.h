/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The commands, as metrics/commands.def has them: what they are for, and which options they have.
 */
#ifndef WAKELAB_COMMAND_ROWS_H
#define WAKELAB_COMMAND_ROWS_H

#include <stdbool.h>
#include <stddef.h>

/* The groups of options, in the order in which they are shown. */
enum option_group_id {
#define GROUP(id, ...) GROUP_##id,
#include "commands.def"
	N_GROUPS,
};

enum {
#define GROUP(id, ...) IN_##id = 1 << GROUP_##id,
#include "commands.def"
};

/* "Load:", or "": over the options of a group. */
extern const char *const group_headers[N_GROUPS];

/* The fields are those of commands.def. */
struct command_row {
	const char *name, *summary, *about, *usage, *takes;
	unsigned groups; /* IN_... */
};

extern const struct command_row command_rows[];
extern const size_t n_command_rows;

/* A subcommand of lab. */
struct verb_row {
	const char *name, *usage, *summary;
	bool of_lesson;
};

extern const struct verb_row verb_rows[];
extern const size_t n_verb_rows;

struct example {
	const char *command, *line, *what;
};

extern const struct example examples[];
extern const size_t n_examples;

/* Runs a command: argv[0] is "wakelab NAME". Gives an exit_status. */
typedef int command_function(int argc, char **argv);

/* The row of that name; never NULL: it is one of ours. */
const struct command_row *command_row(const char *name);

#endif
