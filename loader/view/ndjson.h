/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the parts of the NDJSON lines share: each puts fields into object o. */
#ifndef WAKELAB_NDJSON_H
#define WAKELAB_NDJSON_H

#include <json-c/json.h>

#include "counts.h"
#include "sink.h"

/* The fields of the object that the table of counts names so, of those keepers (KEPT_...). */
void put_counts(struct json_object *o, const char *in, unsigned keepers,
		const struct values *values);
/* A latency as a field, and all of that object; null where the kernel does not show its begin. */
void put_latency(struct json_object *o, enum latency which, const struct snapshot *s);
void put_latencies(struct json_object *o, const char *in, const struct snapshot *s);

/* What was counted. What is in flight or pending is so at this moment: it is taken from the
 * totals. */
void put_syscalls(struct json_object *o, const struct snapshot *s, const struct snapshot *total);
/* The calls without a row, by name; those of 32-bit tasks are not among them. */
void put_others(struct json_object *o, const struct snapshot *s);
void put_wakeups(struct json_object *o, const struct snapshot *s, const struct snapshot *total);
void put_work(struct json_object *o, const struct snapshot *s);
void put_polls(struct json_object *o, const struct snapshot *s);
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
/* What findings rest on: all that is kept of it. */
void put_evidence(struct json_object *o, const struct details *d);

/* The listeners, and what waits at them. */
void put_listeners(struct json_object *o, const struct snapshot *s, const struct beginning *before,
		   unsigned top);

/* One finding, and all of them; that nothing was wrong, null where there are any. */
void put_finding(struct json_object *o, const struct finding *f);
void put_findings(struct json_object *o, const struct snapshot *total, const struct run_end *end);

/* What tracing itself took; null where it was not asked for. */
void put_self(struct json_object *o, const struct self *self);

/* One stall that has lasted for stalled_ns; of one, only what is unread. */
void put_stall(struct json_object *o, const struct stall *s, __u64 stalled_ns);
void put_unread(struct json_object *o, const struct stall *s);

#endif
