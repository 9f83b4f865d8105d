/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A subject of a comparison, as the command line names it: MODEL[+FAULT...][+read-size=N]. */
#ifndef WAKELAB_SUBJECT_H
#define WAKELAB_SUBJECT_H

#include "options.h"

struct subject {
	const char *name; /* as it was given */
	const struct io_model *model;
	struct server_options server; /* only faults and read_size (0: not given) are its own */
};

/* Takes it apart; what does not exist ends the program through argp_error(). */
void subject_parse(struct argp_state *state, struct subject *subject, const char *arg);

/*
 * Completes the subject with the options that all have in common, and refuses what its model does
 * not have. first is the first subject: all must speak the same transport.
 */
void subject_check(struct argp_state *state, struct subject *subject, const struct subject *first,
		   const struct server_options *common);

#endif
