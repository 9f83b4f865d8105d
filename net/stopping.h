/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* That a signal asked for the end, as the loops of servers and of the load client see it. */
#ifndef WAKELAB_STOPPING_H
#define WAKELAB_STOPPING_H

#include <signal.h>

/* Set by SIGINT and SIGTERM; every serve function, and a load, leaves its loop when it is set. */
extern volatile sig_atomic_t stopping;

#endif
