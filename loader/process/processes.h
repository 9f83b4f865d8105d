/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The processes that run already and are to be traced. */
#ifndef WAKELAB_PROCESSES_H
#define WAKELAB_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MAX_PROCESSES 1024

struct processes {
	pid_t pids[MAX_PROCESSES];
	unsigned n;
	unsigned named; /* so many of them, the first, were named: the others may end at any time */
	int ends;       /* readable once one has ended; -1 before processes_open() */
	unsigned alive; /* how many have not, or are not known to have */
};

/*
 * Adds those of a list: numbers, separated by commas or blanks, as pidof prints them. One that is
 * there already is not added again. Gives NULL, or what it has to be, in words.
 */
const char *processes_add(struct processes *p, const char *list);

/* Adds one, if it is not there already; false: there is no room. */
bool processes_add_one(struct processes *p, pid_t pid);

bool processes_have(const struct processes *p, pid_t pid);

/* Makes sure that each that was named can be traced, and watches for the end of all. Returns 0 or
 * -1 after one line on stderr. */
int processes_open(struct processes *p);

/* Takes note of those that ended; gives whether all have. */
bool processes_ended(struct processes *p);

/* Whether /proc has the numbers that we have: it may be that of another PID namespace. */
bool proc_is_ours(void);

void processes_close(struct processes *p);

/* "process 12", "processes 12, 13 and 7 more"; in buf. */
const char *processes_text(const struct processes *p, char *buf, size_t len);

#endif
