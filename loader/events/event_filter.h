/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which events are asked for, where the kernel has not chosen them. */
#ifndef WAKELAB_EVENT_FILTER_H
#define WAKELAB_EVENT_FILTER_H

#include <stdbool.h>

#include "event_records.h"

/* Whether each wait that tells of descriptors is asked for, and not only of some of them. */
bool event_waits_are_told(const struct event_wish *wish);

/* Whether an event is asked for, by its kind, its thread, its descriptor and the peer of that; as
 * the programs choose them. */
bool event_is_asked_for(const struct event_wish *wish, const struct event_head *head);

#endif
