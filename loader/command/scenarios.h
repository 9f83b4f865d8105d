/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Runs worth a look, by name: each fault with the load that provokes it, and correct code at work.
 */
#ifndef WAKELAB_SCENARIOS_H
#define WAKELAB_SCENARIOS_H

#include <stddef.h>

#define SCENARIO_ARGS 16

struct scenario {
	const char *name;
	const char *args[SCENARIO_ARGS]; /* of wakelab run, the model first; NULL-terminated */
	const char *what;                /* what happens, one line */
	const char *shows;               /* the number that shows it, one line */
	const char *finding;             /* the id that is found; NULL: nothing is wrong */
};

extern const struct scenario scenarios[];
extern const size_t n_scenarios;

/* The scenario of that name, or NULL. */
const struct scenario *scenario_find(const char *name);
/* The one whose name is nearest to what was asked for; never NULL. */
const struct scenario *scenario_nearest(const char *name);

#endif
