/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_LAB_CHECK_H
#define WAKELAB_LAB_CHECK_H

#include "exercise.h"
#include "part.h"
#include "user.h"

struct check_options {
	char **command;      /* the server, with "{port}" in it */
	const char *results; /* a file for what --format ndjson prints; NULL: none */
	bool ndjson, no_color;
	const struct user *user; /* that the server runs as; NULL: as we do */
	command_function *load;  /* of wakelab */
};

/*
 * Tries the server under each load of the exercise of the lesson of that name, judges it and shows
 * that. Returns an exit status: EXIT_DONE only for all points; EXIT_UNABLE, after one line on
 * stderr, if this machine cannot tell.
 */
int lab_check(const struct exercise *exercise, const char *name, const struct check_options *opt);

#endif
