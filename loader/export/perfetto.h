/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A recording as a trace of Perfetto (ui.perfetto.dev): a track for each process and each thread,
 * with slices for its calls and for the turns between its waits, arrows from a wake to the turn
 * that it led to, instants for what else happened, and counters for each interval.
 */
#ifndef WAKELAB_PERFETTO_H
#define WAKELAB_PERFETTO_H

#include <stdio.h>

#include "recording.h"

/* Reads the recording to its end, and writes the trace. Returns how many events it had, or -1 with
 * errno if there is no memory or it cannot be written. */
__s64 perfetto_write(FILE *out, struct recording *r);

#endif
