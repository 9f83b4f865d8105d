/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The views: each is a table of functions over snapshots, and one row in sinks[]. */
#ifndef WAKELAB_SINK_H
#define WAKELAB_SINK_H

#include <stdio.h>

#include "event_records.h"
#include "finding.h"

struct event_lines;

/* What a run is, said once at its start. */
struct run_info {
	const char *version;       /* of the wakelab that traces */
	const char *command;       /* "run", "trace" */
	const char *model;         /* NULL for trace */
	char target[192];          /* an address, a command line, a process */
	char load[240];            /* what the client does; empty for trace */
	char kernel[80];           /* release of the running kernel */
	const char *tier;          /* "tracepoint+fentry": how the kernel is hooked */
	unsigned sees;             /* SEES_...: what the kernel shows */
	const char *const *hooks;  /* NULL-terminated */
	__u64 attach_ns;           /* how long loading and attaching took */
	int fd;                    /* that the output gets to in the end */
	bool color;                /* that is a terminal and may be coloured */
	__u64 interval_ns;         /* between two intervals; the last one may be shorter */
	unsigned top;              /* how many rows of a kind of detail to show */
	bool top_given;            /* show them even if there is little to tell */
	bool all_findings;         /* show them all, not only the most important */
	const char *recorded;      /* of a replay: when and where; NULL: it goes on now */
	const char *look_at;       /* of a scenario: the number that shows it; NULL: none */
	bool tells_events;         /* each one, in place of intervals */
	bool tells_waits;          /* each wait is among them */
	bool explains;             /* and what they led to */
	__s64 wall_ns;             /* from the clock of events to that of the day */
	struct event_lines *lines; /* events as lines for people; NULL: there are none */
};

struct sink {
	const char *name; /* as --format takes it */
	const char *help;
	void (*start)(FILE *out, const struct run_info *info);
	/* of processes that run already: what was so when tracing began; total has the stalls */
	void (*attached)(FILE *out, const struct run_info *info, const struct beginning *b,
			 const struct snapshot *total);
	/* delta since the last interval; total since the start of the run */
	void (*interval)(FILE *out, const struct run_info *info, const struct snapshot *delta,
			 const struct snapshot *total, __u64 elapsed_ns);
	/* a stall that has lasted for --stall-ms, at that moment */
	void (*stall)(FILE *out, const struct run_info *info, const struct stall_row *row,
		      __u64 stalled_ns, __u64 elapsed_ns);
	/* a finding that holds for good, at the moment that it does */
	void (*finding)(FILE *out, const struct run_info *info, const struct finding *finding,
			__u64 elapsed_ns);
	/* an event; they come in the order of their times */
	void (*event)(FILE *out, const struct run_info *info, const struct event_head *head);
	void (*summary)(FILE *out, const struct run_info *info, const struct snapshot *total,
			__u64 elapsed_ns, const struct run_end *end);
};

extern const struct sink sink_table;
extern const struct sink sink_ndjson;

/* The sink of that name, or NULL. */
const struct sink *sink_find(const char *name);

#endif
