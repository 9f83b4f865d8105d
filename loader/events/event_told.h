/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the waits of threads have told of descriptors, until they return and it is said. */
#ifndef WAKELAB_EVENT_TOLD_H
#define WAKELAB_EVENT_TOLD_H

#include "event_records.h"
#include "line.h"

#define TOLD_BYTES 8192 /* of text of one wait */

struct waits_told;

/* NULL if there is no memory. */
struct waits_told *told_new(void);
void told_free(struct waits_told *w);

/* "fd 5 tcp 127.0.0.1:4711 EPOLLIN fresh", of a report. */
void told_describe(struct line *out, const struct event_head *head);

/* A report is of the wait that its thread is in. */
void told_add(struct waits_told *w, const struct event_head *head);

/* " [fd 5 ..., fd 9 ...]" of a wait that returned, and forgets it; nothing if it told nothing. Of
 * what it reported, "unseen" is what was dropped, and what poll() has behind the entries that are
 * looked at. */
void told_take(struct waits_told *w, struct line *out, const struct event_wait *e);

/* Events of a CPU were dropped, so a wait that has told something there may have returned unseen:
 * what it told is not taken for what the next one tells. */
void told_forget(struct waits_told *w, __u32 cpu);

#endif
