/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How a signal stops a server: what it reaches besides the flag. */
#ifndef WAKELAB_STOP_H
#define WAKELAB_STOP_H

#include <signal.h>

#include "model.h"
#include "stopping.h"

/* Descriptors that a stop signal shuts down: what sleeps on them wakes. -1: none. */
extern volatile sig_atomic_t listening_fd, serving_fd;
/* A signal that a stop signal raises besides, for a model that sleeps until one; 0: none. */
extern volatile sig_atomic_t stop_signal;

/* Installs the handlers of SIGINT and SIGTERM, which end the server in order. */
void server_signals(const struct server *s);

#endif
