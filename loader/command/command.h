/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A command of the command line: a row of metrics/commands.def, and a file cmd_<name>.c. */
#ifndef WAKELAB_COMMAND_H
#define WAKELAB_COMMAND_H

#include "command_rows.h"
#include "exit_status.h"

/* What runs the command of that name; NULL: there is none. */
command_function *command_find(const char *name);

#define COMMAND(id, ...) command_function cmd_##id;
#include "commands.def"

#endif
