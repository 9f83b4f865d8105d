/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* An event as a line of NDJSON. */
#ifndef WAKELAB_EVENT_JSON_H
#define WAKELAB_EVENT_JSON_H

#include <stdio.h>

#include "event_records.h"

/* Prints the line; wall_ns is what turns the clock of its time into that of the day. There may be
 * many, so it is printed as it is made. */
void event_json(FILE *out, const struct event_head *head, __s64 wall_ns);

#endif
