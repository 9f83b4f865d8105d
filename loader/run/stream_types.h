/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a traced run is given, and what it tells of how it went. */
#ifndef WAKELAB_STREAM_TYPES_H
#define WAKELAB_STREAM_TYPES_H

#include "child.h"
#include "output.h"
#include "processes.h"
#include "recorder.h"
#include "session.h"
#include "sink.h"

struct output_options {
	double interval;         /* seconds */
	const struct sink *sink; /* NULL: nothing is shown */
	const char *path;        /* -o; NULL: standard output */
	const char *record;      /* where to; NULL: nowhere */
	struct flight_wish flight;
	bool strict;
	bool no_color;
	unsigned top;        /* rows of a kind of detail */
	bool top_given;      /* by the user */
	bool all_findings;   /* show them all */
	bool self;           /* tell what tracing itself took */
	bool summary;        /* show no intervals */
	bool live;           /* the sink is that of the live view */
	bool draw;           /* the sink is that of drawings */
	bool slow;           /* a drawing appears row by row */
	bool interval_given; /* by the user */
	bool explain;        /* say what events led to */
	struct session_wish wish;
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
	/* from stream_open() to stream_close() */
	struct output *output;
	struct recorder *recorder; /* NULL: nothing is recorded */
	struct run_info info;
	struct session *session;
	struct child target;         /* pid 0: an existing process, see processes */
	struct child client;         /* pid 0: none */
	struct processes *processes; /* that run already; NULL: none */
	bool arrivals;               /* more of them may come */
	/* the children have groups of their own: Ctrl-C and Ctrl-Z are to be passed on */
	bool groups;
	double seconds;               /* end after so many, 0: when the target or client does */
	const struct io_model *model; /* of the server, NULL: somebody else's program */
	size_t message_size;          /* of the client */
	const struct witnesses *witnesses; /* NULL: none */
	/* how it went, for the caller */
	int exec_error;         /* errno: the command was not executed, and nothing was shown */
	struct snapshot *total; /* filled in with the totals; NULL: not wanted */
	struct run_end *end;    /* the same of how it ended; it refers to failure below */
	char failure[384];      /* why it failed, if it did; said already, if anything is shown */
	__u64 interrupted; /* when a signal came that ends it, CLOCK_MONOTONIC, ns; 0: none did */
	char last_words[256]; /* the last line on the target's standard error */
};

#endif
