/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Where events come from: the ring that the programs write to, see bpf/state/event_ring.bpf.h. */
#ifndef WAKELAB_EVENT_SOURCE_H
#define WAKELAB_EVENT_SOURCE_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#include "event_records.h"

struct event_source;

/* Says what is to be told, and how large the ring is at least, to an object that is not loaded. */
void event_source_wish(struct bpf_object *object, const struct event_wish *wish, unsigned mib);

/* The ring of an object that is loaded. NULL after one line on stderr. */
struct event_source *event_source_open(struct bpf_object *object, int n_cpus);
void event_source_close(struct event_source *s);

/* Readable once there is something to take, after event_source_rests(). */
int event_source_fd(const struct event_source *s);
/* Takes note that it is. */
void event_source_rung(struct event_source *s);

/* What takes a record, of its size. */
typedef int event_record_function(void *ctx, const void *record, unsigned size);

/*
 * Hands over what is there now. Returns the time up to which that is all there is: what comes later
 * is later; 0: less than that, since a program is at work on a record. Or -1 if the function said
 * so.
 */
__s64 event_source_take(struct event_source *s, event_record_function *take, void *ctx);

/* Says that it will be waited for with poll(); false: there is something already. What came at that
 * very moment may be seen only a little later: look once more then. */
bool event_source_rests(struct event_source *s);

/* The sums over all CPUs. Returns 0, or -1 with errno. */
int event_source_tally(const struct event_source *s, struct event_tally *sum);

#endif
