/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tracing a program that is somebody else's: a command from its first instruction, or processes
 * that run already. */
#ifndef WAKELAB_TRACING_H
#define WAKELAB_TRACING_H

#include "program.h"
#include "stream_types.h"
#include "targets.h"

/* What another process may learn of a command that is traced here, in memory that both have. */
struct tracing_report {
	pid_t above; /* the parent of the command's process, once it is about to run; 0 */
	bool unable; /* it could not be executed */
	bool ended;  /* the command has, before it was killed with the tracer */
	bool lost;   /* who kept it was killed: how it ended is not known */
	int status;  /* of waitpid(), if it ended */
};

struct tracing {
	struct output_options out;
	double seconds; /* end after so many; 0: when what is traced does */
	/* these processes ... */
	struct targets *targets; /* NULL: the command */
	/* ... or this command */
	const struct program *program;
	const struct user *user;       /* that it runs as; NULL: as we do */
	unsigned flags;                /* of child_flags: CHILD_KEPT, CHILD_APART */
	const char *sealed;            /* see struct child_body */
	int printed;                   /* its standard output and error; -1: ours */
	struct tracing_report *report; /* NULL: nobody asks */
};

/*
 * Traces it to its end. Returns an exit status: that of the command, as shells have it, unless the
 * run failed or it could not be executed, which is said in one line on stderr.
 */
int tracing_run(const struct tracing *t);

#endif
