/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Calls as strace prints them: their arguments, their results, the descriptors in them. */
#ifndef WAKELAB_EVENT_CALL_TEXT_H
#define WAKELAB_EVENT_CALL_TEXT_H

#include "event_records.h"
#include "line.h"

/* "fd 5 tcp 127.0.0.1:4711" */
void event_file_text(struct line *out, const struct event_file *f);

/* "epoll_wait(8, …, 512, -1)"; its first argument is that file, unless NULL. */
void event_call_text(struct line *out, unsigned call, const __u64 args[N_EVENT_ARGS],
		     __s64 timeout_ns, const struct event_file *file);

/* " = 2", " = -1 EAGAIN" */
void event_result_text(struct line *out, __s64 result);

#endif
