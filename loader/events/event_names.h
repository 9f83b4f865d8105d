/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What events tell by number, in words; "?" of a recording's that has no name here. */
#ifndef WAKELAB_EVENT_NAMES_H
#define WAKELAB_EVENT_NAMES_H

#include "event_records.h"

/* "epoll_wait" */
const char *event_call(unsigned row);
/* "slept" */
const char *event_verdict(unsigned verdict);
/* "softirq"; of nobody NULL */
const char *event_waker(unsigned context);
/* "queued" */
const char *event_raised(unsigned result);
/* "bytes" */
const char *event_unit(unsigned unit);
/* "tcp" */
const char *event_kind_of_file(const struct event_file *f);
/* "EAGAIN" of what a call returned; NULL: it succeeded. */
const char *event_error(__s64 ret);

#endif
