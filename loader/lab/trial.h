/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A student's server under one load, traced: what the kernel saw of it. */
#ifndef WAKELAB_TRIAL_H
#define WAKELAB_TRIAL_H

#include "exercise.h"
#include "part.h"
#include "patience.h"
#include "printed.h"
#include "user.h"

#define TRIAL_REASON 192 /* bytes */

struct trial_setup {
	char **command;          /* of the server; "{port}" in it is replaced */
	const struct user *user; /* that it runs as; NULL: as we do */
	const char *sealed;      /* a folder or a file where it can change nothing, NULL */
	command_function *load;  /* of wakelab */
	bool udp;
	struct patience patience;
};

struct trial {
	/*
	 * The tracer's summary with, besides, "client" (of the load client), "hostile" (a 1 or 0
	 * for each), "server" (what was seen from outside) and "stall" (the first that was warned
	 * of, or null).
	 */
	struct json_object *facts;
	bool came;                          /* clients could come */
	bool taken;                         /* another program took the port before it could */
	double starved_ms;                  /* for so long it would have run, and others did */
	double used_ms;                     /* CPU time of its own meanwhile */
	char why_not[TRIAL_REASON];         /* else why not */
	char ended[64];                     /* how it ended before it was told to; "": it did not */
	char printed[2 * PRINTED_KEPT + 1]; /* the last of what it printed, as it was printed */
};

/*
 * Starts the server, has the clients of the load come, ends it, and leaves nothing behind; bounded
 * in time, whatever the server does. Returns 0; or an exit status after a line on stderr: it could
 * not be traced. trial_free() is needed in both cases.
 */
int trial_run(struct trial *t, const struct trial_setup *setup, const struct exercise_load *load);

void trial_free(struct trial *t);

#endif
