/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The command line of a server, in which "{port}" stands for the port. */
#ifndef WAKELAB_PORT_WORDS_H
#define WAKELAB_PORT_WORDS_H

#include <stdbool.h>

/* Whether one of the words of a command has "{port}" in it. */
bool port_is_named(char **command);

/* The command with that port in it, for command_free(); NULL: there is no memory. */
char **command_with_port(char **command, unsigned port);

void command_free(char **command);

#endif
