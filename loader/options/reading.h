/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How a command reads its command line, by its rows of commands.def and options.def. */
#ifndef WAKELAB_READING_H
#define WAKELAB_READING_H

#include "command_rows.h"
#include "option.h"

/* The options of a group, all rows that it has in options.def. */
struct option_group {
	enum option_group_id id;
	unsigned n;
	const struct option_row *rows;
};

#define OPTION_GROUP(group, rows_of)                                                               \
	{                                                                                          \
		.id = GROUP_##group, .n = sizeof(rows_of) / sizeof((rows_of)[0]),                  \
		.rows = (rows_of)                                                                  \
	}

/* A group, and the struct that its values go to. */
struct option_use {
	const struct option_group *group;
	void *into;
};

struct reading {
	const char *command;
	/* all groups that the command has in commands.def, in any order */
	struct option_use uses[N_GROUPS];
	/* gets what argp gives of arguments and ends, with input as its input; NULL: the options
	 * are all there is */
	argp_parser_t arguments;
	void *input;
	unsigned flags; /* ARGP_IN_ORDER */
};

/*
 * Reads a command line; argv[0] is "wakelab NAME". What is not given gets its preset. --help is
 * shown, and what is wrong is said, by argp, which ends the program then.
 */
void options_read(const struct reading *reading, int argc, char **argv);

/* Gives the members of a group the values that hold where no option is given. */
void options_preset(const struct option_group *group, void *into);

/* The row of that name in a group that has it. */
const struct option_row *option_row(const struct option_group *group, const char *name);

/* In the end of a command with subcommands: refuses an option that is not for this one. */
void options_check_verb(struct argp_state *state, const char *command, const char *verb);

#endif
