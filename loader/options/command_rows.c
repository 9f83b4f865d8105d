// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "command_rows.h"

#include <assert.h>
#include <string.h>

const char *const group_headers[N_GROUPS] = {
#define GROUP(id, header) [GROUP_##id] = (header),
#include "commands.def"
};

const struct command_row command_rows[] = {
#define COMMAND(id, ...) {.name = #id, __VA_ARGS__},
#include "commands.def"
};
const size_t n_command_rows = sizeof(command_rows) / sizeof(command_rows[0]);

const struct verb_row verb_rows[] = {
#define VERB(id, ...) {.name = #id, __VA_ARGS__},
#include "commands.def"
};
const size_t n_verb_rows = sizeof(verb_rows) / sizeof(verb_rows[0]);

const struct example examples[] = {
#define EXAMPLE(id, ...) {#id, __VA_ARGS__},
#include "commands.def"
};
const size_t n_examples = sizeof(examples) / sizeof(examples[0]);

const struct command_row *command_row(const char *name)
{
	size_t i = 0;

	while (strcmp(command_rows[i].name, name) != 0) {
		i++;
		assert(i < n_command_rows);
	}
	return &command_rows[i];
}
