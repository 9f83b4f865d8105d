/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The same load on several subjects: what each round came to, what the rounds have in common, and
 * which differences are larger than what the rounds differ among themselves.
 */
#ifndef WAKELAB_COMPARE_H
#define WAKELAB_COMPARE_H

#include "finding.h"
#include "stream.h"

#define MAX_SUBJECTS  4 /* as many as a table of 100 columns holds */
#define MAX_ROUNDS    99
#define MAX_METRICS   32
#define MAX_SENTENCES 16
#define SENTENCE_SIZE 512

/* What one run of a subject came to. */
struct outcome {
	const struct snapshot *total;
	const struct run_end *run_end;
	struct progress begin, end; /* of the load; time 0: it did not come to that */
	__u64 cpu_ns;               /* of the server, start and stop included */
};

enum unit {
	UNIT_EACH,  /* so many for each message */
	UNIT_RATIO, /* so many for each of another thing */
	UNIT_SHARE, /* percent */
	UNIT_NS,
	UNIT_RATE,  /* a second */
	UNIT_COUNT, /* in the whole run */
};

/* How a difference of two subjects is put in words. */
enum sentence {
	SAY_NOTHING,
	SAY_COUNT, /* A VERB 4.0 times as many NOUN as B (4.00 against 1.00). */
	SAY_TOLD,  /* A told of each message 4.00 times, B 1.00 time. */
	SAY_TIME,  /* The NOUN of A is 4.0 times that of B (40us against 10us). */
};

struct metric {
	const char *key;   /* in NDJSON; NULL: that of the counter */
	const char *group; /* heads its rows on the screen */
	const char *title;
	enum unit unit;
	double (*value)(const struct outcome *o); /* of a run; NAN: it does not apply */
	double (*of)(const struct outcome *o, const struct metric *m); /* the same; without value */
	enum counter counter; /* what it takes: a counter, */
	enum latency latency; /* or that percentile of a latency */
	double p;
	enum sentence sentence;
	const char *verb, *noun; /* of the sentence */
	bool reassures;          /* that it does not differ is worth a sentence, too */
};

extern const struct metric metrics[];
extern const unsigned n_metrics;

/* The name of a metric in NDJSON; its value in a run, NAN where it does not apply. */
const char *metric_key(const struct metric *m);
double metric_value(const struct metric *m, const struct outcome *o);

/* Of the rounds in which a metric had a value; n 0: in none. */
struct spread {
	double median, min, max;
	unsigned n;
};

struct comparison {
	unsigned n_subjects;
	const char *names[MAX_SUBJECTS];
	unsigned n[MAX_SUBJECTS]; /* rounds that it has been through */
	double values[MAX_METRICS][MAX_SUBJECTS][MAX_ROUNDS];
	unsigned found[MAX_RULES][MAX_SUBJECTS]; /* in so many of its rounds, by rule */
	/* a subject that is wrong on purpose may fail, and counts nevertheless */
	unsigned failed[MAX_SUBJECTS];
	char failure[MAX_SUBJECTS][384]; /* the first */
	/* of the run with the most: what the connections' share in the counts is judged by */
	__u64 messages, connections;
};

/* Forgets all rounds. The names are kept by the caller. */
void comparison_init(struct comparison *c, const char *const *names, unsigned n_subjects);

/* Takes in one more run of a subject; at most MAX_ROUNDS. */
void comparison_add(struct comparison *c, unsigned subject, const struct outcome *o);

struct spread comparison_spread(const struct comparison *c, unsigned metric, unsigned subject);

/* Median, minimum and maximum of the values that are not NAN. */
struct spread spread_of(const double *values, unsigned n);

/*
 * Whether two subjects differ: each has two rounds or more, and all rounds of one lie below all of
 * the other. Of one round alone nothing can be said.
 */
bool spreads_differ(const struct spread *a, const struct spread *b);

/* Whether any two of n subjects do. */
bool any_differ(const struct spread *s, unsigned n);

/* Whether any subject has a value other than nothing. */
bool any_value(const struct spread *s, unsigned n);

/*
 * How other differs from first, in at most 9 columns: "÷ 4.0", "8 % more",
 * "+75 pts" for shares, "none", "only here"; "same" when all rounds of both are equal, "in spread"
 * (wide: "within the spread") when they do not differ, and "" when nothing can be said. In buf.
 */
const char *mark_text(enum unit unit, const struct spread *first, const struct spread *other,
		      bool wide, char *buf, size_t size);

/* A value as people read it, in one of the buffers of format.h; "-" for NAN. */
const char *value_text(enum unit unit, double value);

/* "4.0", "1.07", "31", "over 1000"; in one of the buffers of format.h. */
const char *times_text(double ratio);

/* The sentences that the numbers allow, each of at most SENTENCE_SIZE bytes; gives their number. */
unsigned compare_sentences(const struct comparison *c, char sentences[][SENTENCE_SIZE]);

#endif
