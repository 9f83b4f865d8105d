/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The events of a recording, as a page has them. */
#ifndef WAKELAB_PAGE_EVENTS_H
#define WAKELAB_PAGE_EVENTS_H

#include "survey.h"

/*
 * Prints those that are shown one by one as lines of NDJSON; and where these are not all, a line of
 * the type "lane" for each thread, with what it did in each slot of time. Reads the recording from
 * where it has been read to. Returns 0, or -1 with errno: there is no memory.
 */
int page_events_write(FILE *out, struct recording *r, const struct survey *s);

/* How long a slot is; 0: there are none. */
__u64 page_slot_ns(const struct survey *s);

#endif
