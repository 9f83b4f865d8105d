/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A process that waits at a gate: it is forked and prepares itself, then the tracer attaches, and
 * only then it starts. Server and client die with their parent; a command does if that was wanted,
 * see CHILD_KEPT. */
#ifndef WAKELAB_CHILD_H
#define WAKELAB_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "user.h"

/* How the caller had set the signals that we change for ourselves. */
struct signals {
	sigset_t mask;
	struct sigaction child, pipe, brief; /* SIGCHLD, SIGPIPE, BRIEF_SIGNAL */
};

enum child_flags {
	CHILD_OWN_GROUP =
		1, /* not in the terminal's reach: Ctrl-C and Ctrl-Z are for us to pass on */
	CHILD_KEEP_STDERR = 2, /* its standard error comes to child.err_fd */
	CHILD_COMMAND = 4,     /* run() executes somebody's command: it finds all as our caller had
				* it, and returns only the errno of an execution that failed */
	CHILD_KEPT = 8,        /* nothing that it starts outlives it, or us: see keeper.h */
	CHILD_APART = 16, /* and a command that is kept can do no harm: it has a session without
			   * a terminal, gets no privileges by what it executes, and where that is
			   * allowed is in a cell, see cell.h */
};

struct child_body {
	int (*prepare)(void *arg); /* before the gate; not 0: its exit status, after it said why */
	int (*run)(void *arg); /* behind the gate; gives the exit status, or see CHILD_COMMAND */
	void *arg;
	const struct user *user; /* that it is to become; NULL: it stays what we are */
	unsigned flags;
	const char *sealed; /* CHILD_APART: see cell_fork() */
};

struct child {
	pid_t pid;           /* that we wait for; 0: there is none (any more) */
	pid_t runs;          /* the process that runs the body: pid, or the child of a keeper */
	int pidfd;           /* of it: a number could be another's by now */
	int gate;            /* a byte lets it go; the end of it is the end of what is kept */
	int ready;           /* -1, or what a command says of its execution */
	int err_fd;          /* -1: not kept */
	int word;            /* of what is kept: a keeper tells there how the command ended; -1 */
	int status;          /* of waitpid, once it ended */
	struct rusage usage; /* then: its own, and that of the processes that it reaped */
	bool ended;
	bool kept;
	bool lost; /* the keeper was killed: how the command ended is not known, or it lives */
};

/* A struct child that is none, whose descriptors are nobody's. */
#define CHILD_NONE ((struct child){.pidfd = -1, .gate = -1, .ready = -1, .err_fd = -1, .word = -1})

/*
 * Forks, lets the child prepare and holds it at the gate. before is how
 * the caller had the signals. Returns 0; or the exit status of a child that could not prepare; or
 * -1 after one line on stderr.
 */
int child_start(struct child *c, const struct child_body *body, const struct signals *before);

/* Opens the gate. Returns 0, or the errno of a command that could not be executed. */
int child_release(struct child *c);

/* Sends a signal, if it lives. */
void child_signal(const struct child *c, int signal);

/* Stops it with its whole group, or lets it go on. */
void child_pause(const struct child *c);
void child_resume(const struct child *c);

/* Makes this process die with its parent, which was that one. Returns 0, or -1 if the parent has
 * died already. */
int tie_to_parent(pid_t parent);

/* Takes note that it was reaped. */
void child_reaped(struct child *c, int status, const struct rusage *usage);

/* Ends it at once with all that is kept, and reaps it, if it lives. */
void child_kill(struct child *c);

/* The exit status that a shell has for a status of waitpid(): 128 and the signal that killed it. */
int shell_status(int status);

/* "exited with status 3", "was killed by SIGSEGV"; in buf. */
const char *status_text(int status, char *buf, size_t len);

#endif
