/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a recording consists of: sections, each with what one struct holds. */
#ifndef WAKELAB_RECORDED_H
#define WAKELAB_RECORDED_H

#include "sink.h"
#include "turn.h"

#define RECORDING_FORMAT 1 /* a reader of another format cannot read it */

/* As they are numbered here; a recording has their names. */
enum section {
	SECTION_HEAD,
	SECTION_CALL,
	SECTION_ATTACHED,
	SECTION_MOMENT,
	SECTION_STALL,
	SECTION_FINDING,
	SECTION_SUMMARY,
	SECTION_END,
	/* of a comparison */
	SECTION_PLAN,
	SECTION_TURN,
	SECTION_RAN,
	/* of a run that tells events: struct recorded_events */
	SECTION_EVENTS,
	N_SECTIONS
};

#define MAX_WORDS 64

/* What was traced, where, and how. */
struct recorded_head {
	__u64 began; /* CLOCK_REALTIME, ns */
	__u64 start; /* the same moment as the time of snapshots has it */
	unsigned cpus;
	char host[65], machine[65];       /* as uname() has them */
	char arguments[512];              /* of wakelab */
	struct run_info info;             /* hooks stands below */
	const char *hooks[MAX_WORDS + 1]; /* the last is NULL */
	unsigned n_hooks;
};

/* A call without a row has been seen. */
struct recorded_call {
	unsigned nr;
	char name[32];
};

/* What was so when tracing began. */
struct recorded_attached {
	struct beginning beginning;
	struct snapshot total;
};

/* All that was counted. */
struct recorded_moment {
	__u64 elapsed_ns;
	bool shown; /* as the end of an interval; else the view was behind */
	struct snapshot total;
};

/* What was said as soon as it was so. */
struct recorded_stall {
	__u64 elapsed_ns, stalled_ns;
	struct stall_row row;
};

struct recorded_finding {
	__u64 elapsed_ns;
	unsigned rule; /* its place in rules[], which finding points to */
	struct finding finding;
};

/* What the last moment lacks for a summary. */
struct recorded_summary {
	__u64 elapsed_ns;
	struct self self;
	struct run_end end; /* without what was so before */
};

/* The mark behind which nothing follows. */
struct recorded_end {
	__u64 dropped; /* moments that were not recorded, since the file did not take them in time
			*/
};

#define RECORDED_SUBJECTS 8
#define RECORDED_STEPS    16

/* What a comparison was asked for. */
struct recorded_subject {
	const char *name;
	unsigned max_conns; /* that it can hold; 0: no limit */
};

struct recorded_step {
	unsigned conns, active;
};

struct recorded_plan {
	unsigned rounds;
	bool listed; /* a list of connection counts, not one */
	struct recorded_subject subjects[RECORDED_SUBJECTS];
	struct recorded_step steps[RECORDED_STEPS];
	unsigned n_subjects, n_steps;
};

/* How far it has come. */
struct recorded_turn {
	unsigned turn; /* enum turn */
	unsigned step, round;
	bool completed;
};

/* A subject has been through a round. */
struct recorded_ran {
	unsigned step, round, subject;
	bool failed; /* it is wrong on purpose */
	char failure[384];
	struct snapshot total;
	struct run_end end;
	struct progress load_begins, load_ends;
	__u64 cpu_ns; /* of the server, start and stop included */
};

struct section_row {
	const char *name;
	const struct shape *shape;
	bool needs_names; /* it is passed over if something in it has no name here */
};

extern const struct section_row section_rows[N_SECTIONS];

#endif
