/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_SIGNALS_H
#define WAKELAB_SIGNALS_H

#include <signal.h>

/* The signals that end a run in order: SIGINT, SIGTERM, SIGHUP, SIGQUIT. */
void signals_that_end(sigset_t *set);

#endif
