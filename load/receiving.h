/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a connection of the load client does with what its socket has for it. */
#ifndef WAKELAB_RECEIVING_H
#define WAKELAB_RECEIVING_H

#include "load_state.h"

/*
 * Receives until the socket has no more. A short receive from a stream says so (epoll(7)), save
 * that an end which was reported together with the data (hangup) makes no event of its own.
 */
void load_conn_receive(struct load *l, struct load_conn *c, bool hangup);

#endif
