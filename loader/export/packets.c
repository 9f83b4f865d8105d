// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "packets.h"

#include "protobuf.h"

/* The fields of the messages that are used here. */
enum { TRACE_PACKET = 1 };
enum { PACKET_TIMESTAMP = 8, PACKET_SEQUENCE = 10, PACKET_EVENT = 11, PACKET_TRACK = 60 };
enum {
	TRACK_UUID = 1,
	TRACK_NAME = 2,
	TRACK_PROCESS = 3,
	TRACK_THREAD = 4,
	TRACK_PARENT = 5,
	TRACK_COUNTER = 8
};
enum { PROCESS_PID = 1, PROCESS_NAME = 6 };
enum { THREAD_PID = 1, THREAD_TID = 2, THREAD_NAME = 5 };
enum {
	EVENT_ANNOTATION = 4,
	EVENT_TYPE = 9,
	EVENT_TRACK = 11,
	EVENT_CATEGORY = 22,
	EVENT_NAME = 23,
	EVENT_COUNTER = 30,
	EVENT_FLOW = 47
};
enum { ANNOTATION_JSON = 9, ANNOTATION_NAME = 10 };

#define SEQUENCE 1 /* all packets are of one writer */

/* Writes the packet, with the message as that field. */
static void end_packet(struct packets *p, unsigned field)
{
	protobuf_number(&p->packet, PACKET_SEQUENCE, SEQUENCE);
	protobuf_message(&p->packet, field, &p->message);
	p->part.len = 0;
	protobuf_message(&p->part, TRACE_PACKET, &p->packet);
	p->failed |= p->part.failed || fwrite(p->part.data, 1, p->part.len, p->out) != p->part.len;
	p->packet.len = p->message.len = 0;
}

/* Adds the part as a field of the message. */
static void add_part(struct packets *p, unsigned field)
{
	protobuf_message(&p->message, field, &p->part);
	p->part.len = 0;
}

__u64 packet_track(enum track track, __u32 which)
{
	return (__u64)track << 32 | which;
}

void packet_named(struct packets *p, enum track track, __u32 which, const char *name)
{
	p->part.len = 0;
	protobuf_number(&p->message, TRACK_UUID, packet_track(track, which));
	protobuf_text(&p->message, TRACK_NAME, name);
	if (track == TRACKS_OF_COUNTERS)
		add_part(p, TRACK_COUNTER);
	end_packet(p, PACKET_TRACK);
}

void packet_process(struct packets *p, __u32 pid, const char *name)
{
	p->part.len = 0;
	protobuf_number(&p->message, TRACK_UUID, packet_track(TRACKS_OF_PROCESSES, pid));
	protobuf_number(&p->part, PROCESS_PID, pid);
	if (name)
		protobuf_text(&p->part, PROCESS_NAME, name);
	add_part(p, TRACK_PROCESS);
	end_packet(p, PACKET_TRACK);
}

void packet_thread(struct packets *p, __u32 pid, __u32 tid, const char *name)
{
	p->part.len = 0;
	protobuf_number(&p->message, TRACK_UUID, packet_track(TRACKS_OF_THREADS, tid));
	protobuf_number(&p->message, TRACK_PARENT, packet_track(TRACKS_OF_PROCESSES, pid));
	protobuf_number(&p->part, THREAD_PID, pid);
	protobuf_number(&p->part, THREAD_TID, tid);
	protobuf_text(&p->part, THREAD_NAME, name);
	add_part(p, TRACK_THREAD);
	end_packet(p, PACKET_TRACK);
}

void packet_event(struct packets *p, enum packet_event type, __u64 track, __u64 time)
{
	protobuf_number(&p->packet, PACKET_TIMESTAMP, time);
	protobuf_number(&p->message, EVENT_TYPE, type);
	protobuf_number(&p->message, EVENT_TRACK, track);
}

void packet_name(struct packets *p, const char *name, const char *category)
{
	protobuf_text(&p->message, EVENT_NAME, name);
	protobuf_text(&p->message, EVENT_CATEGORY, category);
}

void packet_flow(struct packets *p, __u64 flow)
{
	protobuf_fixed64(&p->message, EVENT_FLOW, flow);
}

void packet_count(struct packets *p, __u64 count)
{
	protobuf_number(&p->message, EVENT_COUNTER, count);
}

void packet_details(struct packets *p, const char *json)
{
	p->part.len = 0;
	protobuf_text(&p->part, ANNOTATION_NAME, "event");
	protobuf_text(&p->part, ANNOTATION_JSON, json);
	add_part(p, EVENT_ANNOTATION);
}

void packet_end_event(struct packets *p)
{
	end_packet(p, PACKET_EVENT);
}

void packets_free(struct packets *p)
{
	bytes_free(&p->packet);
	bytes_free(&p->message);
	bytes_free(&p->part);
}
