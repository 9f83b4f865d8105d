/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Puts records of all CPUs in the order of their times. They come nearly so; what is later than the
 * time up to which all have come waits for the next look.
 */
#ifndef WAKELAB_EVENT_ORDER_H
#define WAKELAB_EVENT_ORDER_H

#include "event_records.h"

struct event_order;

/* What takes them, in order. */
typedef void event_take_function(void *ctx, const struct event_head *head);

/* NULL if there is no memory. */
struct event_order *event_order_new(void);
void event_order_free(struct event_order *o);

/* Adds a record of that size. Returns 0, or -1 if there is no memory for it. */
int event_order_add(struct event_order *o, const void *record, unsigned size);

/* Hands over those with times up to horizon: all of these have been added. */
void event_order_take(struct event_order *o, __u64 horizon, event_take_function *take, void *ctx);

#endif
