/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The packets of a trace of Perfetto: tracks, and events on them. What belongs to an event is put
 * behind its begin, and packet_end_event() writes it. The messages are those of
 * protos/perfetto/trace/ of Perfetto's sources: trace_packet.proto, and
 * track_event/{track_event,track_descriptor,debug_annotation}.proto.
 */
#ifndef WAKELAB_PACKETS_H
#define WAKELAB_PACKETS_H

#include <stdio.h>

#include "bytes.h"

struct packets {
	FILE *out;
	struct bytes packet, message, part;
	bool failed; /* there was no memory, or it could not be written */
};

/* Which tracks there are, and which of them: a pid, a tid, a place. */
enum track { TRACKS_OF_PROCESSES = 1, TRACKS_OF_THREADS, TRACKS_OF_COUNTERS, TRACK_OF_RUN };
__u64 packet_track(enum track track, __u32 which);

/* Tell a track, before or after what happens on it. name: valid UTF-8; NULL: not known. */
void packet_named(struct packets *p, enum track track, __u32 which, const char *name);
void packet_process(struct packets *p, __u32 pid, const char *name);
void packet_thread(struct packets *p, __u32 pid, __u32 tid, const char *name);

enum packet_event { SLICE_BEGIN = 1, SLICE_END = 2, INSTANT = 3, COUNTER = 4 };

void packet_event(struct packets *p, enum packet_event type, __u64 track, __u64 time);
void packet_name(struct packets *p, const char *name, const char *category);
void packet_flow(struct packets *p, __u64 flow);
void packet_count(struct packets *p, __u64 count);
/* A JSON object with what is told of it. */
void packet_details(struct packets *p, const char *json);
void packet_end_event(struct packets *p);

void packets_free(struct packets *p);

#endif
