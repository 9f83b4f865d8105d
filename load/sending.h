/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* When a connection of the load client may send, and how. */
#ifndef WAKELAB_SENDING_H
#define WAKELAB_SENDING_H

#include <stdint.h>

#include "load_state.h"

/* When message k of a connection is due in open mode: all connections take turns. */
static inline uint64_t load_due(const struct load *l, uint64_t k, unsigned conn)
{
	return l->epoch + (uint64_t)((double)(k * l->active + conn) * 1e9 / l->opt->rate);
}

/*
 * Has epoll report what is worth an event; op as for epoll_ctl, the result as well. UDP asks for
 * EPOLLOUT only once a send has failed for want of room: its sockets have an edge there after every
 * datagram.
 */
int load_conn_watch(struct load *l, struct load_conn *c, int op);
/* Sends what it may; then ends the connection if all its messages are done. */
void load_conn_send(struct load *l, struct load_conn *c);

#endif
