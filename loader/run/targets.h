/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which processes are to be traced: named by number, or sought by their names, by the ports that
 * they listen at, by their control groups. */
#ifndef WAKELAB_TARGETS_H
#define WAKELAB_TARGETS_H

#include "processes.h"
#include "wakelab.h"

struct targets {
	struct processes
		processes; /* those of -p; and, from targets_find() on, all that are there */
	bool no_children;  /* leave out the children that they have already */
	bool later;        /* those that come by a name or a port later, too */
	struct sought sought;
	const char *globs[MAX_SOUGHT]; /* as they were given, as are the next */
	const char *groups[MAX_SOUGHT], *units[MAX_SOUGHT]; /* one of the two is NULL */
	struct sought arriving; /* what is looked for while tracing is under way */
};

/* Each adds one; gives NULL, or what it has to be, in words. The texts have to last. */
const char *targets_add_glob(struct targets *t, const char *pattern);
const char *targets_add_port(struct targets *t, unsigned port);
const char *targets_add_group(struct targets *t, const char *directory);
const char *targets_add_unit(struct targets *t, const char *unit);

/* Whether any was given. */
bool targets_given(const struct targets *t);

/* Whether more may come while tracing is under way. */
bool targets_arrive(const struct targets *t);

/*
 * Finds the processes, and watches for their end. Nobody is there for something that was given, and
 * nobody may come later: that is one line on stderr. Returns an exit status.
 */
int targets_find(struct targets *t);

/* Adds those that have come since then. Returns the same. */
int targets_find_more(struct targets *t);

/* "processes 12, 13 and later ones"; in buf. */
const char *targets_text(const struct targets *t, char *buf, size_t len);

#endif
