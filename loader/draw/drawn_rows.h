/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the rows of events are made with; and those kinds of events that take a file of their own.
 */
#ifndef WAKELAB_DRAWN_ROWS_H
#define WAKELAB_DRAWN_ROWS_H

#include <stddef.h>

#include "drawing.h"

/* "64 bytes", "1 connection": so much of what is read from a descriptor, in buf. */
void drawn_amount(char *buf, size_t size, const struct drawn_place *p, __s64 n);

/* What an event says of what there is to be read, or UNREAD_UNKNOWN. */
__s64 drawn_seen(event_UNREAD unread);

/* The text of a row; NULL: there was no room for it. */
__attribute__((format(printf, 2, 3))) void drawn_say(struct drawn_row *r, const char *format, ...);

/* What there is to be read of a descriptor from now on. */
void drawn_unread(struct drawing *d, int place, __s64 unread);

/* By that time so much had come that now is there, where before was, UNREAD_UNKNOWN or not. seen:
 * it was seen to arrive. */
void drawn_arrives(struct drawing *d, int place, __u64 time, __s64 before, __s64 now, bool seen);

/* Whether a row, and with it those above it, is from before a time: rows stand in the order in
 * which they were seen, but those that belong further up. */
bool drawn_is_before(const struct drawn_row *r, __u64 time);

/* The last wake of a thread since a time; 0: there is none. */
__u64 drawn_woken_at(const struct drawing *d, int thread, __u64 since);

/* The last row of a thread, if it has that mark; else NULL. */
struct drawn_row *drawn_last_of(struct drawing *d, int thread, enum drawn_mark mark);

/* It fell asleep in a call that took so long. */
void drawn_sleeps(struct drawing *d, const struct event_head *head, int thread, __u64 duration_ns);

typedef void drawn_event(struct drawing *d, const struct event_head *head);
drawn_event drawn_io, drawn_ready, drawn_report, drawn_polled, drawn_wait;

#endif
