/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Making one run of a lesson. */
#ifndef WAKELAB_MEASURE_H
#define WAKELAB_MEASURE_H

#include <json-c/json.h>

#include "lesson.h"

/* A command of wakelab, as main() calls it. */
typedef int command_function(int argc, char **argv);

/*
 * Runs the command line of a run in a child of this process, which dies with it, and gives the
 * summary: that belongs to the caller. Returns 0; or an exit status, after a line on stderr, if the
 * run did not end as it was to end. A signal that ends a run is passed on to it and ends this
 * process in the same way, once the run has ended.
 */
int measure(const struct lesson_run *run, command_function *command, struct json_object **summary);

#endif
