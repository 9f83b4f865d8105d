/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the rules of findings look at: the totals of a run, and sums over them. */
#ifndef WAKELAB_GROUNDS_H
#define WAKELAB_GROUNDS_H

#include "finding.h"

struct grounds {
	const struct snapshot *s;
	const struct run_end *end;
	const __u64 *c;    /* s->counters */
	__u64 watched;     /* wait calls begun, blocking I/O among them */
	__u64 ended;       /* of these, those that ended */
	__u64 taken;       /* reads and accepts that succeeded and gave something */
	__u64 accepts;     /* of these */
	__u64 ends;        /* reads that gave nothing */
	__u64 written;     /* writes that succeeded */
	__u64 refused;     /* blocking I/O that found nothing, without a sleep: EAGAIN */
	__u64 waits;       /* returns of multiplexing, completion waits, sleep calls */
	__u64 interrupted; /* multiplexing waits and sleeps that a signal cut short */
	__u64 waited_ns, elsewhere_ns; /* in calls that wait for I/O, and in others that slept */
	unsigned sleeper;     /* the row of these others in which most time went by; 0: none */
	unsigned interrupter; /* the row that was interrupted most often */
	unsigned timer;       /* the row of multiplexing that timed out most often */
	__u64 spun;           /* reports of descriptors that spun */
	unsigned instances;   /* of epoll, with reports */
	struct signal_stats sigio;
	/* of rules whose facts are not shown here, see struct rule */
	const struct rule *unshown[MAX_RULES];
	unsigned n_unshown;
	const struct testimony *differs; /* the first one; NULL: they agree, or there are none */
};

/* Of the totals of a run; both must outlive it. */
struct grounds grounds_of(const struct snapshot *total, const struct run_end *end);

/* Whether a part is as large as a rule wants it, as a number and as a share of the whole. */
bool enough(const struct rule *r, __u64 part, __u64 whole);

/* The evidence of that kind about the same descriptor or thread of that process; NULL: none. */
const struct evidence *grounds_evidence(const struct grounds *g, enum evidence_of what, __u32 tgid,
					__u32 of);

/* Goes through the evidence of a kind; row is declared here.
 * NOLINTBEGIN(bugprone-macro-parentheses) */
#define FOR_EVIDENCE(g, of, row)                                                                   \
	for (const struct evidence_row *                                                           \
		     row = (g)->s->now.evidence,                                                   \
		    *end_ = row + rows_kept((g)->s->now.n_evidence, MAX_EVIDENCE_ROWS);            \
	     row < end_; row++)                                                                    \
		if (row->key.what == (of))
/* NOLINTEND(bugprone-macro-parentheses) */

/* Where findings are entered, those of one rule from first on. */
struct found {
	struct finding *rows;
	unsigned n, first, more;
	struct finding spare; /* for those that find no room */
};

/* A finding of that rule and size, about nobody yet. Of more than MAX_ALIKE the largest stay. */
struct finding *found_add(struct found *found, const struct rule *r, __u64 size);

/* Adds a named number to what a finding rests on, to what it costs. */
void finding_rests_on(struct finding *f, const char *name, __u64 value);
void finding_costs(struct finding *f, const char *name, __u64 value);

/* It is about a descriptor, or a thread, of which there is evidence. */
void finding_about(const struct grounds *g, struct finding *f, const struct evidence_row *row);

/* Its figure "unread": the amount of evidence, with its unit; nothing if there is none. */
void finding_unread(struct finding *f, const struct evidence *e);

/* It is about that thread. */
void finding_about_thread(struct finding *f, const struct thread_stats *t);

/* Its process's command line, and whether that tells it from others. */
void finding_command(struct finding *f, const struct snapshot *s);

/* Writes the text of a finding from the words of its rule. */
void finding_words(struct finding *f);

#endif
