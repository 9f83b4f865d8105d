/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What reports led to, of events in the order of their times: those of all parts, and those that
 * --explain adds. It is said once it is known; what is not known is not said, so after a gap
 * nothing is that began before it.
 */
#ifndef WAKELAB_EVENT_EXPLAIN_H
#define WAKELAB_EVENT_EXPLAIN_H

#include "event_order.h"

struct explainer;

/* NULL if there is no memory. */
struct explainer *explainer_new(void);
void explainer_free(struct explainer *x);

/* Hands an event on, and behind it, as events of the kind led, what it makes known. */
void explainer_take(struct explainer *x, const struct event_head *head, event_take_function *take,
		    void *ctx);

#endif
