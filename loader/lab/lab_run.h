/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_LAB_RUN_H
#define WAKELAB_LAB_RUN_H

#include "lesson.h"
#include "measure.h"

struct lab_options {
	const char *predict; /* NULL: ask on a terminal */
	bool ndjson;
	bool no_color;
	struct workshop workshop;
};

/* Asks, makes the runs of the lesson of that name, and shows the answers. Returns an exit status.
 */
int lab_run(const struct lesson *lesson, const char *name, const struct lab_options *opt);

#endif
