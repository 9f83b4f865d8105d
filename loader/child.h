/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A process that waits at a gate: it is forked and prepares itself, then the tracer attaches, and
 * only then it starts. It dies with its parent. */
#ifndef WAKELAB_CHILD_H
#define WAKELAB_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/* How the caller had set the signals that we change for ourselves. */
struct signals {
	sigset_t mask;
	struct sigaction child, pipe, brief; /* SIGCHLD, SIGPIPE, BRIEF_SIGNAL */
};

enum child_flags {
	CHILD_UNPRIVILEGED = 1, /* runs as the user who called sudo */
	CHILD_OWN_GROUP =
		2, /* not in the terminal's reach: Ctrl-C and Ctrl-Z are for us to pass on */
	CHILD_KEEP_STDERR = 4, /* its standard error comes to child.err_fd */
	CHILD_COMMAND = 8,     /* it executes somebody's command: as the caller had all signals */
};

struct child_body {
	int (*prepare)(void *arg); /* before the gate; not 0: its exit status, after it said why */
	int (*run)(void *arg);     /* behind the gate; gives the exit status */
	void *arg;
	unsigned flags;
};

struct child {
	pid_t pid;           /* 0: there is none (any more) */
	int gate;            /* a byte lets it go, its closing ends it */
	int err_fd;          /* -1: not kept */
	int status;          /* of waitpid, once it ended */
	struct rusage usage; /* then: its own, and that of the processes that it reaped */
	bool ended;
};

/* A struct child that is none, whose descriptors are nobody's. */
#define CHILD_NONE ((struct child){.gate = -1, .err_fd = -1})

/*
 * Forks, lets the child prepare and holds it at the gate. before is how
 * the caller had the signals. Returns 0; or the exit status of a child that could not prepare; or
 * -1 after one line on stderr.
 */
int child_start(struct child *c, const struct child_body *body, const struct signals *before);

/* Opens the gate. */
void child_release(struct child *c);

/* Sends a signal, if it lives. */
void child_signal(const struct child *c, int signal);

/* Stops it with its whole group, or lets it go on. */
void child_pause(const struct child *c);
void child_resume(const struct child *c);

/* Takes note that it was reaped. */
void child_reaped(struct child *c, int status, const struct rusage *usage);

/* Ends it at once and reaps it, if it lives. */
void child_kill(struct child *c);

/* "exited with status 3", "was killed by SIGSEGV"; in buf. */
const char *status_text(int status, char *buf, size_t len);

#endif
