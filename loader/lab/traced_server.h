/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A student's server under the tracer, which is a part of its own. Neither of them can do harm to
 * this process, whatever the server does. */
#ifndef WAKELAB_TRACED_SERVER_H
#define WAKELAB_TRACED_SERVER_H

#include "orphans.h"
#include "part.h"
#include "printed.h"
#include "tracing.h"

struct traced_server {
	struct part tracer;
	struct tracing_report *report; /* what the tracer tells, in memory that it has, too */
	int output;                    /* its NDJSON */
	int said;                      /* what it says to people, who see it if it fails */
	struct printed printed;        /* by the server */
	struct orphans orphans;
	bool stopped; /* the tracer was, and so could not end */
	bool killed;  /* by us, for it had not ended */
};

/* How the server is run. */
struct traced_setup {
	char **command;          /* with the port in it */
	const struct user *user; /* that it runs as; NULL: as we do */
	const char *sealed;      /* see cell_fork() */
};

/* Starts both. Returns 0 or -1 after one line on stderr; traced_server_free() is needed in both
 * cases. */
int traced_server_start(struct traced_server *s, const struct traced_setup *setup,
			const struct part_signals *before);

/* Whether the tracer has attached, and lets the server go. */
bool traced_server_runs(const struct traced_server *s);

/* The status of the server, as waitpid() has it, once the tracer has ended. */
int traced_server_status(const struct traced_server *s);

/* Tells the server to end. Gives whether it does within so long. */
bool traced_server_tell(struct traced_server *s, int timeout_ms);

/* Ends both with all that they have started. */
void traced_server_end(struct traced_server *s, int timeout_ms);

/* Why nothing is known of the server, in one line in buf; NULL: all went well. */
const char *traced_server_unable(const struct traced_server *s, char *buf, size_t size);

void traced_server_free(struct traced_server *s);

#endif
