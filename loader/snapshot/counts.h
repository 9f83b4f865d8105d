/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The tables of metrics/ for user space: how each count and each latency is named, where it is
 * shown, what it needs to be known, and which sums it takes part in. */
#ifndef WAKELAB_COUNTS_H
#define WAKELAB_COUNTS_H

#include "snapshot.h"

/* The identities, as bits. */
enum identity {
#define IDENTITY(id, ...) BIT_OF_##id,
#include "identities.def"
};
enum {
#define IDENTITY(id, ...) id = 1 << BIT_OF_##id,
#include "identities.def"
};

/* Who keeps a count. */
enum keeper {
	KEPT_BY_RUN = 1,      /* alone */
	KEPT_BY_THREAD = 2,   /* and by the run */
	KEPT_BY_INTEREST = 4, /* and by its epoll instance, and by the run */
	KEPT_BY_SIGNAL = 8,
	KEPT_BY_CALL = 16,
	KEPT_AS_LOST = 32,
	KEPT_AS_LARGEST = 64, /* what was left behind, by enum unread */
	KEPT_AS_COUNTER = KEPT_BY_RUN | KEPT_BY_THREAD | KEPT_BY_INTEREST, /* of enum counter */
};

/* How a row of metrics/counts.def looks to user space; that file has what the fields mean. */
struct count_row {
	enum keeper keeper;
	unsigned at; /* its place among the values that its keeper has; none of a rest */
	bool rest;   /* not counted: what the others of its sum leave */
	const char *in, *name, *alone, *label;
	const char *const *names; /* of each of an array of counts; NULL: it is one */
	unsigned n_names;
	unsigned needs;       /* SEES_... */
	unsigned whole, part; /* SUM_... */
	const char *behind;
	unsigned total;
};

/* Of metrics/latencies.def. */
struct latency_row {
	const char *in, *name, *label;
	unsigned needs, whole, part;
};

extern const struct latency_row latency_rows[N_LATENCIES];

/* The row at that place among the values of such a keeper; NULL: there is none. */
const struct count_row *count_row(unsigned keepers, unsigned at);

/* The name of a counter in NDJSON where it stands alone; on the screen. */
const char *count_alone(enum counter counter);
const char *count_label(enum counter counter);

#define MAX_FIELDS 48

/* The rows of an object of NDJSON in the order of its fields, at most MAX_FIELDS; how many there
 * are. */
unsigned count_fields(const char *in, const struct count_row *fields[MAX_FIELDS]);

/* The counter whose place among the totals of a round of compare that is, from 1 on; false: none.
 */
bool count_total(unsigned place, enum counter *counter);

/* The values that a keeper has; the first of them is that of its row at first. */
struct values {
	const __u64 *v;
	unsigned first;
	__u64 rest;    /* what is pending, of those that have such a field */
	unsigned sees; /* SEES_... */
};

/* What its keeper counted of a row, or the sum of which the row is the whole. */
__u64 count_value(const struct count_row *row, const struct values *values);
/* Whether it is known. */
bool count_known(const struct count_row *row, const struct values *values);

/* Returned wakes whose use is not known yet. */
__u64 wakes_pending(const struct snapshot *s);
/* Edges that no report has told of, by the counts of an interest, an epoll instance or all; v is
 * where COUNT_EDGES stands. */
__u64 edges_pending(const __u64 *v);
__u64 interests_pending(const struct snapshot *s);
/* Signals that were raised; those of them that are not taken yet. */
__u64 signals_generated(const struct signal_stats *s);
__u64 signals_pending(const struct signal_stats *s);

#endif
