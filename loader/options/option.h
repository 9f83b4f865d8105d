/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* An option as a row of metrics/options.def has it, and how a value is read by its row. */
#ifndef WAKELAB_OPTION_H
#define WAKELAB_OPTION_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user.h"

enum option_kind {
	KIND_FLAG,
	KIND_NUMBER,
	KIND_REAL,
	KIND_CHOICE,
	KIND_CHOICES,
	KIND_NUMBERS,
	KIND_TEXT,
	KIND_FILE,
	KIND_FOLDER,
	KIND_ADDRESS,
	KIND_PIDS,
	KIND_USER,
	KIND_FAULT,
	KIND_SCENARIO,
	KIND_ACTION,
};

struct option_row;
/* Reads arg into the struct that the row is of; what is wrong ends the program by argp_error(). */
typedef void option_take_function(struct argp_state *state, const struct option_row *row,
				  void *into, char *arg);

/* The fields are those of options.def. */
struct option_row {
	const char *name, *letter, *arg;
	enum option_kind kind;
	size_t at, size; /* of the member, in the struct of the group */
	const char *unit, *choices, *preset, *unset, *goes_with, *verbs, *text;
	uint64_t min, max, scale;
	double low, high;
	uint64_t (*most)(void);
	option_take_function *take;
};

/* A row of a group whose values go to that type. */
#define OPTION_ROW(type, member, option, of_kind, ...)                                             \
	{                                                                                          \
		.name = option, .kind = KIND_##of_kind, .at = offsetof(type, member),              \
		.size = sizeof(__typeof__(((type *)NULL)->member)), __VA_ARGS__                    \
	}

/* The member of a USER. */
struct user_option {
	const char *name; /* as it was given; NULL: it was not */
	struct user user;
};

/* Reads a value by its row. The text stays where it is, and has to last. */
option_take_function option_take;

/* The same without the row's own .take, which may be the caller. */
option_take_function option_take_kind;

/* Whether arg is a whole number as the row wants it, and that number. */
bool option_number(const struct option_row *row, const char *arg, uint64_t *number);

/* Ends the program: arg is not what the row wants, "a whole number from 1 to 64". */
void option_refuse(struct argp_state *state, const struct option_row *row, const char *arg);

/* The place of a word in "a|b|c", -1 if it is none of them. */
int choice_of(const char *choices, const char *word, size_t len);

#endif
