/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the parts of the NDJSON lines share: each puts fields into object o. */
#ifndef WAKELAB_NDJSON_H
#define WAKELAB_NDJSON_H

#include <json-c/json.h>

#include "sink.h"

/* What was counted. What is in flight or pending is so at this moment: it is taken from the
 * totals. */
void put_syscalls(struct json_object *o, const struct snapshot *s, const struct snapshot *total);
void put_wakeups(struct json_object *o, const struct snapshot *s, const struct snapshot *total);
void put_work(struct json_object *o, const struct snapshot *s);
void put_service(struct json_object *o, const struct snapshot *s);
void put_interests(struct json_object *o, const struct snapshot *s, const struct snapshot *total);
void put_left(struct json_object *o, const struct snapshot *s);
void put_sockets(struct json_object *o, const struct snapshot *s);
void put_signals(struct json_object *o, const struct snapshot *s, const struct snapshot *total);
void put_fcntls(struct json_object *o, const struct snapshot *s);

/* The rows behind the totals, top of each kind at most. */
void put_threads(struct json_object *o, const struct details *d, unsigned top);
void put_waker_rows(struct json_object *o, const struct details *d, unsigned top);
void put_epolls(struct json_object *o, const struct snapshot *s, unsigned top);
void put_stalls(struct json_object *o, const struct snapshot *s, unsigned top);

/* What tracing itself took; null where it was not asked for. */
void put_self(struct json_object *o, const struct self *self);

/* One stall that has lasted for stalled_ns; of one, only what is unread. */
void put_stall(struct json_object *o, const struct stall *s, __u64 stalled_ns);
void put_unread(struct json_object *o, const struct stall *s);

#endif
