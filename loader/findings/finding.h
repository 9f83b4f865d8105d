/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Findings: what was wrong in a run, or is worth knowing of it, with its cause, its subject, what
 * it rests on and what to change. metrics/findings.def has the rules.
 */
#ifndef WAKELAB_FINDING_H
#define WAKELAB_FINDING_H

#include "run_end.h"
#include "snapshot.h"

#define MAX_FINDINGS 64
#define MAX_RULES    64
#define MAX_ALIKE    8 /* findings of one rule, of which each has another subject */
#define MAX_FIGURES  14
#define DETAIL_SIZE  256
#define FINDING_TEXT 1024

enum weight {
	WRONG, /* something is to be mended */
	NOTE,  /* worth knowing */
};

extern const char *const weight_names[]; /* "wrong", "note" */

struct grounds;
struct rule;
struct found;

/* Enters a finding for each subject of which the rule holds. */
typedef void find_fn(const struct grounds *g, const struct rule *r, struct found *found);

/* A rule of metrics/findings.def, which has what the fields mean. */
struct rule {
	const char *id;
	const char *cause; /* "": the rule has one cause only */
	enum weight weight;
	find_fn *find;
	__u64 least;
	unsigned percent;
	bool live;
	bool warned;
	unsigned needs; /* SEES_... */
	const char *title, *holds, *seen, *why, *change, *shows;
};

extern const struct rule rules[];
extern const unsigned n_rules;

/* A named number. One whose name ends in _ns is a time. */
struct figure {
	const char *name;
	__u64 value;
};

/* Whom a finding is about. What it does not have is 0, "", and -1 of descriptors. */
struct about {
	__u32 pid, tid;
	char comm[COMM_LEN];
	char command[COMMAND_SIZE]; /* its command line, which may be cut */
	bool repeats;               /* another process has that name, and not that command line */
	int fd;
	int kind; /* enum file_kind; -1: none */
	__u16 row;
	__u16 port;
	__u8 family;
	__u8 addr[16];
	__u32 epoll_pid; /* the instance that watches it */
	int epoll_fd;
};

struct finding {
	const struct rule *rule;
	struct about about;
	struct figure evidence[MAX_FIGURES], cost[MAX_FIGURES];
	unsigned n_evidence, n_cost;
	__u32 events;  /* that were reported, of it; 0: none */
	unsigned err;  /* errno; 0: none */
	int signal;    /* 0: none */
	int unit;      /* enum unread, of the figure "unread"; -1: there is none */
	__u64 size;    /* of findings of the same rule the largest is the most important */
	bool open;     /* it is under way, and may yet turn out to be none */
	unsigned more; /* other subjects of the same rule, beyond those that are listed */
	char detail[DETAIL_SIZE];
	char text[FINDING_TEXT]; /* what was seen; why; what to change. May hold text from outside
				    as it came: whoever shows it makes it visible() */
};

/*
 * Finds all that holds of the totals of a run, or of what is known of it so far, the most important
 * first: what is wrong before what is worth a note, and of each rule one before the second of any.
 * Gives how many there are, at most max.
 */
unsigned findings_find(const struct snapshot *total, const struct run_end *end,
		       struct finding *findings, unsigned max);

/* The sentence that nothing was wrong, and what was looked at; false: there are findings (n), or
 * nothing was looked at. */
bool findings_none(const struct snapshot *total, const struct run_end *end, unsigned n, char *buf,
		   size_t size);

/* The parts of a finding's text: what was seen; why; what to change. */
enum finding_part { PART_SEEN, PART_WHY, PART_CHANGE, N_PARTS };

/* One of them, in buf; "": it has none. It may hold text from outside as it came. */
const char *finding_part(const struct finding *f, enum finding_part part, char *buf, size_t size);

/* Whether a is about the same as b: said already. */
bool finding_is(const struct finding *a, const struct finding *b);

/* The value of a figure, 0 if it has none of that name. */
__u64 finding_figure(const struct finding *f, const char *name);

/* Words of a rule as they stand for any run, in buf; gives that. */
const char *rule_words(const char *words, char *buf, size_t size);

/* The first rule with that id, NULL: there is none. Others may follow, with other causes. */
const struct rule *rule_find(const char *id);

#endif
