/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Events for people: one line each, in the manner of strace. */
#ifndef WAKELAB_EVENT_LINES_H
#define WAKELAB_EVENT_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include "event_records.h"

struct event_lines;

/*
 * joined: what a wait told of descriptors stands in its line, since there is one; else each has a
 * line of its own. NULL if there is no memory.
 */
struct event_lines *event_lines_new(bool joined);
void event_lines_free(struct event_lines *l);

/* Prints what is to be said of an event, and of those that were dropped before it; wall_ns is what
 * turns the clock of its time into that of the day. */
void event_line(struct event_lines *l, FILE *out, const struct event_head *head, __s64 wall_ns);

#endif
