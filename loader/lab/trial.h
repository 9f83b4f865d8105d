/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A student's server under one load, traced: what the kernel saw of it. */
#ifndef WAKELAB_TRIAL_H
#define WAKELAB_TRIAL_H

#include "exercise.h"
#include "part.h"
#include "printed.h"

#define TRIAL_REASON 192 /* bytes */

struct trial_setup {
	char **command;                 /* of the server; "{port}" in it is replaced */
	command_function *trace, *load; /* the commands of wakelab */
	bool udp;
};

struct trial {
	/*
	 * The tracer's summary with, besides, "client" (of the load client), "hostile" (a 1 or 0
	 * for each), "server" (what was seen from outside) and "stall" (the first that was warned
	 * of, or null).
	 */
	struct json_object *facts;
	bool came;                          /* clients could come */
	char why_not[TRIAL_REASON];         /* else why not */
	char ended[64];                     /* how it ended before it was told to; "": it did not */
	char printed[2 * PRINTED_KEPT + 1]; /* the last of what it printed, as it was printed */
};

/* Whether one of the words of a command has "{port}" in it. */
bool trial_names_port(char **command);

/*
 * Starts the server, has the clients of the load come, ends it, and leaves nothing behind; bounded
 * in time, whatever the server does. Returns 0; or an exit status after a line on stderr: it could
 * not be traced. trial_free() is needed in both cases.
 */
int trial_run(struct trial *t, const struct trial_setup *setup, const struct exercise_load *load);

void trial_free(struct trial *t);

#endif
