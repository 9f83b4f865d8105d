/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_SIGNALS_H
#define WAKELAB_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* The signals that end a run in order: SIGINT, SIGTERM, SIGHUP, SIGQUIT. */
void signals_that_end(sigset_t *set);

/* Whether one of them, blocked, waits to be taken. */
bool signals_ask_for_end(void);

#endif
