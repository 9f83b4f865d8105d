/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A traced run from its first interval to its last: samples, views, children and signals in one
 * loop that sleeps whenever there is nothing to do. */
#ifndef WAKELAB_STREAM_H
#define WAKELAB_STREAM_H

#include "child.h"
#include "output.h"
#include "processes.h"
#include "session.h"
#include "sink.h"

struct output_options {
	double interval;         /* seconds */
	const struct sink *sink; /* NULL: nothing is shown */
	const char *path;        /* -o; NULL: standard output */
	bool strict;
	bool no_color;
	unsigned top;      /* rows of a kind of detail */
	bool top_given;    /* by the user */
	unsigned stall_ms; /* warn of stalls that last so long */
	enum hooks_wanted hooks;
};

/* How far a server and its client had come at one moment. */
struct progress {
	__u64 time;     /* CLOCK_MONOTONIC, ns */
	__u64 cpu_ns;   /* of the server and all its workers */
	__u64 messages; /* echoed */
};

/* The memory that the loader shares with the server and the client of a run. */
struct witnesses {
	struct tally server;
	struct load_result client;
	struct progress begin, end; /* of the load; time 0: it did not come to that */
	unsigned port;              /* that the server got */
};

struct stream {
	struct output_options out;
	struct output *output; /* from stream_open() to stream_close() */
	struct run_info info;
	struct session *session;
	struct child target;         /* pid 0: an existing process, see processes */
	struct child client;         /* pid 0: none */
	struct processes *processes; /* that run already; NULL: none */
	/* the children have groups of their own: Ctrl-C and Ctrl-Z are to be passed on */
	bool groups;
	double seconds;               /* end after so many, 0: when the target or client does */
	const struct io_model *model; /* of the server, NULL: somebody else's program */
	size_t message_size;          /* of the client */
	const struct witnesses *witnesses; /* NULL: none */
	/* how it went, for the caller */
	int exec_error;         /* errno: the command was not executed, and nothing was shown */
	struct snapshot *total; /* filled in with the totals; NULL: not wanted */
	char failure[384];      /* why it failed, if it did; said already, if anything is shown */
	__u64 interrupted; /* when a signal came that ends it, CLOCK_MONOTONIC, ns; 0: none did */
	char last_words[256]; /* the last line on the target's standard error */
};

/* Opens the output, see output_open(), and fills in the kernel's part of info. Returns 0 or -1
 * after one line on stderr. */
int stream_open(struct stream *st);

/*
 * Blocks the signals that the stream takes (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, with groups
 * also SIGTSTP, see struct stream) and ignores SIGPIPE, before any child is started; before gets
 * how the caller had them. A caller may have ignored SIGCHLD, with which no child could be waited
 * for. From here on nothing that is printed holds the caller up, see output.h and stderr_drops().
 */
void stream_signals(struct signals *before, bool groups);

/* Whether a signal that ends a run waits to be taken by the next stream. */
bool stream_interrupted(void);

/*
 * Runs until the client is done and the server has ended, the target and all that it started have
 * ended, the seconds are over or a signal comes; releases the children at its start. Ends and reaps
 * every child on all paths. Returns the exit status that the run alone deserves: EXIT_DONE,
 * EXIT_FAILED or EXIT_LOST.
 */
int stream_run(struct stream *st);

/*
 * Waits until the reader of the output has taken it, see output_drain(), and closes it: the last
 * that a command does, since it may last. status is that of the command so far; returns that, or
 * EXIT_FAILED if the output has failed.
 */
int stream_close(struct stream *st, int status);

#endif
