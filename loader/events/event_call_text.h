/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Calls as strace prints them: their arguments, their results, the descriptors in them. */
#ifndef WAKELAB_EVENT_CALL_TEXT_H
#define WAKELAB_EVENT_CALL_TEXT_H

#include <stdio.h>

#include "event_records.h"

/* "fd 5 tcp 127.0.0.1:4711"; in buf. */
const char *event_file_text(const struct event_file *f, char *buf, size_t len);

/* "epoll_wait(8, …, 512, -1)"; its first argument is that file, unless NULL. */
void event_call_text(FILE *out, unsigned call, const __u64 args[N_EVENT_ARGS], __s64 timeout_ns,
		     const struct event_file *file);

/* " = 2", " = -1 EAGAIN" */
void event_result_text(FILE *out, __s64 result);

#endif
