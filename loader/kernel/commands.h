/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The command lines of the processes that are followed, which outlive them. */
#ifndef WAKELAB_COMMANDS_H
#define WAKELAB_COMMANDS_H

#include "session_types.h"

/*
 * Reads them anew of those that live, and has all that are known in snap->now. Of more than
 * MAX_COMMANDS those are forgotten first that ended first. Returns 0, or -1 with errno.
 */
int commands_sample(struct session *s, struct snapshot *snap);

#endif
