/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A recording as folded stacks, as programs that draw flame graphs take them: a line each, frames
 * with ; between them, a space, and a number. The frames are the process, the thread, the call and
 * its verdict, and the number is the time that was spent in such calls, ns.
 */
#ifndef WAKELAB_FOLDED_H
#define WAKELAB_FOLDED_H

#include <stdio.h>

#include "recording.h"

/* Reads the recording to its end, and writes the lines. Time that no event has, of the totals,
 * stands below a frame of its own, so all lines come to the totals. Returns how many events it had,
 * or -1 with errno if there is no memory or it cannot be written. */
__s64 folded_write(FILE *out, struct recording *r);

#endif
