/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A process between the tracer and a command, which outlives both: it kills all that the command
 * started and that lives still, when the command ends or the tracer does, in whatever way. */
#ifndef WAKELAB_KEEPER_H
#define WAKELAB_KEEPER_H

/*
 * Goes on in a child of this process, which stays behind as the keeper and never returns. lifeline
 * is the reading end of a pipe whose other end the tracer alone has. The keeper ends as the command
 * did. It is the subreaper of all that the command starts (prctl(2)): an orphan's parent is the
 * keeper, not init, so that none can be lost.
 */
void keeper_stay(int lifeline);

#endif
