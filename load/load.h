/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The load client: drives any echo server and checks every byte that comes back. */
#ifndef WAKELAB_LOAD_H
#define WAKELAB_LOAD_H

#include "load_types.h"

/*
 * Runs the whole load in the calling thread and fills in r (zeroed by the caller). SIGINT and
 * SIGTERM (stopping) end it early and cleanly. Returns 0 when every message was echoed and equal
 * (with seconds or a signal: every message that was sent), else -1 with r->error set.
 */
int load_run(const struct load_options *opt, struct load_result *r);

/* Makes SIGINT and SIGTERM set stopping, which ends a load early and cleanly. */
void load_signals(void);

#endif
