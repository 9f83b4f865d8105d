/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A command of the command line: one row of the table in main.c, one file cmd_<name>.c. */
#ifndef WAKELAB_COMMAND_H
#define WAKELAB_COMMAND_H

#include <argp.h>

#include "exit_status.h"

struct command {
	const char *name;
	const char *help;                  /* one line */
	int (*run)(int argc, char **argv); /* argv[0] is "wakelab NAME"; gives an exit_status */
};

int cmd_models(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_scenarios(int argc, char **argv);
int cmd_findings(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_lab(int argc, char **argv);

#endif
