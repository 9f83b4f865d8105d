/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A connection of the load client, from its connect on, and the events that drive it. */
#ifndef WAKELAB_LOAD_CONN_H
#define WAKELAB_LOAD_CONN_H

#include <stdint.h>

#include "load_state.h"

/* Opens a socket and starts to connect it. On failure the load has failed. */
void load_conn_open(struct load *l, struct load_conn *c);
/* Handles what epoll reported. */
void load_conn_event(struct load *l, struct load_conn *c, uint32_t events);
/* The load ends while this one may be connecting: it is open if the server's kernel has answered,
 * whether or not that was looked at yet, for the server may have accepted it; else it is closed. */
void load_conn_settle(struct load *l, struct load_conn *c);

#endif
