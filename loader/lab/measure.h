/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Making one run of a lesson. */
#ifndef WAKELAB_MEASURE_H
#define WAKELAB_MEASURE_H

#include <json-c/json.h>

#include "lesson.h"
#include "part.h"

/* Where the runs of a lesson are made, and by what. */
struct workshop {
	const char *folder;            /* of the lesson: they find its files there */
	command_function *run, *trace; /* the commands that a run may begin with */
};

/*
 * Runs the command line of a run in a child of this process, which dies with it, and gives the
 * summary: that belongs to the caller. A traced program runs as the user who called sudo, reads
 * nothing, and what it prints is dropped, unless it goes to stderr; in its environment WAKELAB is
 * the path of this program. Returns 0; or an exit status, after a line on stderr, if the run did
 * not end as it was to end. A signal that ends a run is passed on to it and ends this process in
 * the same way, once the run has ended.
 */
int measure(const struct lesson_run *run, const struct workshop *workshop,
	    struct json_object **summary);

#endif
