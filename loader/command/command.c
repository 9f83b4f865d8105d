// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "command.h"

#include <string.h>

/* In the order of command_rows. */
static command_function *const functions[] = {
#define COMMAND(id, ...) cmd_##id,
#include "commands.def"
};

command_function *command_find(const char *name)
{
	for (size_t i = 0; i < n_command_rows; i++)
		if (!strcmp(command_rows[i].name, name))
			return functions[i];
	return NULL;
}
