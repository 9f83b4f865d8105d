/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A process between the tracer and a command, which outlives both: it kills all that the command
 * started and that lives still, when the command ends or the tracer does, in whatever way. */
#ifndef WAKELAB_KEEPER_H
#define WAKELAB_KEEPER_H

#include <stdbool.h>

struct keeping {
	int lifeline;       /* the reading end of a pipe whose other end the tracer alone has */
	int word;           /* the writing end of a pipe: the status of the command is told there */
	bool apart;         /* out of the terminal's reach and, where that is allowed, in a cell */
	const char *sealed; /* see cell_fork() */
};

/*
 * Goes on in a child of this process, which stays behind as the keeper and never returns. The
 * keeper tells how the command ended, as waitpid() has it, and ends; one that is killed tells
 * nothing. It is the subreaper of all that the command starts (prctl(2)): an orphan's parent is the
 * keeper, not init, so that none can be lost. With apart the command leads a session of its own
 * without a terminal; in a cell there are two keepers, one on each side of its door.
 */
void keeper_stay(const struct keeping *keeping);

#endif
