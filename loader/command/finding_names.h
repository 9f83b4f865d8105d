/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Findings as a command line names them. */
#ifndef WAKELAB_FINDING_NAMES_H
#define WAKELAB_FINDING_NAMES_H

#include <argp.h>

/* Refuse an id that no rule has, and name the nearest, through argp_error(); the same for each of a
 * comma-separated list. list may be NULL. */
void finding_check(struct argp_state *state, const char *id);
void findings_check(struct argp_state *state, const char *list);

#endif
