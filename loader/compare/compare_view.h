/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How a comparison is shown, while it goes on and at its end: a view each for the formats that
 * sink.h names. */
#ifndef WAKELAB_COMPARE_VIEW_H
#define WAKELAB_COMPARE_VIEW_H

#include "growth.h"
#include "sink.h"

struct compare_info {
	const struct run_info *run; /* kernel, tier and colour; its load is that of the step */
	unsigned rounds;            /* that are to be made of each step */
	unsigned round;             /* the one that goes on, from 1; those done, where one begins */
	bool completed;             /* all rounds of the step, or of the list at its end */
	bool listed;                /* a list of connection counts, not one */
	unsigned step;              /* of the list */
	const struct growth *growth; /* its steps; of one count, the only one */
};

struct compare_view {
	const char *name; /* as --format takes it */
	void (*start)(FILE *out, const struct compare_info *info);
	/* a round begins */
	void (*begin)(FILE *out, const struct compare_info *info, const struct comparison *c);
	/* a subject has been through a round */
	void (*ran)(FILE *out, const struct compare_info *info, const struct comparison *c,
		    unsigned subject, const struct outcome *o);
	/* all subjects have */
	void (*round)(FILE *out, const struct compare_info *info, const struct comparison *c);
	/* no more rounds of this step */
	void (*done)(FILE *out, const struct compare_info *info, const struct comparison *c);
	/* no more steps of a list */
	void (*end)(FILE *out, const struct compare_info *info);
};

extern const struct compare_view compare_table;
extern const struct compare_view compare_ndjson;

/* The view of that name, or NULL. */
const struct compare_view *compare_view_find(const char *name);

#endif
