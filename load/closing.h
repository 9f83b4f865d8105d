/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How a connection of the load client ends: in order, by a reset, or broken. */
#ifndef WAKELAB_CLOSING_H
#define WAKELAB_CLOSING_H

#include "load_state.h"

/* The load fails for an error of this connection's socket. */
void load_conn_broke(struct load *l, struct load_conn *c, int error);
/* Stops sending at once if nothing is in flight, and has the server see the end. */
void load_conn_end(struct load *l, struct load_conn *c);
/* Closes its socket, if it is open, and counts it out. */
void load_conn_close(struct load *l, struct load_conn *c);

#endif
