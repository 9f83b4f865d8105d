/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The messages of a connection that are on their way: a ring, oldest first. */
#ifndef WAKELAB_FLIGHTS_H
#define WAKELAB_FLIGHTS_H

#include "load_state.h"

/* Flight i, counted from the oldest; i < count. */
static inline struct flight *flight_at(const struct load_conn *c, unsigned i)
{
	return &c->flights[(c->head + i) & (c->capacity - 1)];
}

/* Adds the next message of the connection, whose latency counts from when; false without memory. */
bool flights_add(struct load *l, struct load_conn *c, uint64_t when);
/* Takes flight i out of the ring; the older ones, lost or late datagrams, move up. */
struct flight flight_take(struct load *l, struct load_conn *c, unsigned i);

#endif
