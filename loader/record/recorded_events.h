/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Events in a recording: those of each kind are rows of their own, member by member, since these
 * are alike and pack well; and what came when says in which order they were.
 */
#ifndef WAKELAB_RECORDED_EVENTS_H
#define WAKELAB_RECORDED_EVENTS_H

#include "event_order.h"

#define MOST_RECORDED_EVENTS (1u << 15) /* in a section */

struct recorded_time {
	__u64 since; /* ns since the one before it; of the first, since 0 */
	unsigned kind;
};

struct recorded_events {
	__u64 last; /* the time of the last one */
	struct recorded_time *times;
	unsigned n_times;
#define EVENT(id, name, ...)                                                                       \
	struct event_##name *name;                                                                 \
	unsigned n_##name;
#include "events.def"
};

/* Adds one, which is no earlier than those that are there. Returns 0, or -1 if there is no memory
 * for it. There have to be less than MOST_RECORDED_EVENTS, and all of them added here. */
int recorded_events_add(struct recorded_events *e, const struct event_head *head);

/* Forgets them all; what is added next may stand where they stood. */
void recorded_events_clear(struct recorded_events *e);
void recorded_events_free(struct recorded_events *e);

/* Tells each event its time and its kind, which its row has not. */
void recorded_events_complete(struct recorded_events *e);

/* Hands them over in the order of their times. Those that this wakelab has no name for are passed
 * over. */
void recorded_events_each(const struct recorded_events *e, event_take_function *take, void *ctx);

#endif
