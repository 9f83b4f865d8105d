// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_shapes.h"

#include "name_tables.h"
#include "recorded_events.h"

static const struct field file_fields[] = {
	NUMBER(struct event_file, fd),     MAYBE(struct event_file, kind, &names_of_kinds),
	NUMBER(struct event_file, family), NUMBER(struct event_file, port),
	BYTES(struct event_file, addr),
};
static const struct shape shape_file = SHAPE("file of an event", struct event_file, file_fields);

/* Its time and its kind stand elsewhere, see recorded_events.h. */
static const struct field head_fields[] = {
	NUMBER(struct event_head, lost), NUMBER(struct event_head, cpu),
	NUMBER(struct event_head, tid),  NUMBER(struct event_head, pid),
	TEXT(struct event_head, comm),
};
static const struct shape shape_head = SHAPE("head of an event", struct event_head, head_fields);

/* The row of a member, by its type in events.def. What has no name here is none. */
#define ROW_CALL(of, member)    MAYBE(of, member, &names_of_calls)
#define ROW_VERDICT(of, member) MAYBE(of, member, &names_of_verdicts)
#define ROW_RESULT(of, member)  NUMBER(of, member)
#define ROW_ARGS(of, member)    NUMBERS(of, member, NULL)
#define ROW_FILE(of, member)    PART(of, member, &shape_file)
#define ROW_FD(of, member)      NUMBER(of, member)
#define ROW_NS(of, member)      NUMBER(of, member)
#define ROW_TIMEOUT(of, member) NUMBER(of, member)
#define ROW_AMOUNT(of, member)  NUMBER(of, member)
#define ROW_UNREAD(of, member)  NUMBER(of, member)
#define ROW_NUMBER(of, member)  NUMBER(of, member)
#define ROW_EVENTS(of, member)  NUMBER(of, member)
#define ROW_TOLD(of, member)    NUMBER(of, member)
#define ROW_POLLED(of, member)  NUMBER(of, member)
#define ROW_DATA(of, member)    NUMBER(of, member)
#define ROW_WAKER(of, member)   MAYBE(of, member, &names_of_wakers)
#define ROW_SIGNAL(of, member)  NUMBER(of, member)
#define ROW_RAISED(of, member)  MAYBE(of, member, &names_of_results)
#define ROW_CODE(of, member)    NUMBER(of, member)
#define ROW_TID(of, member)     NUMBER(of, member)
#define ROW_COMM(of, member)    TEXT(of, member)
#define ROW_UNIT(of, member)    MAYBE(of, member, &names_of_units)
/* words */
#define ROW_WORD(of, member)      MAYBE(of, member, &names_of_event_words)
#define ROW_JUDGED(of, member)    ROW_WORD(of, member)
#define ROW_CAUSE(of, member)     ROW_WORD(of, member)
#define ROW_OPERATION(of, member) ROW_WORD(of, member)
#define ROW_TAKEN(of, member)     ROW_WORD(of, member)
#define ROW_WHY_LATE(of, member)  ROW_WORD(of, member)
#define ROW_PROVED(of, member)    ROW_WORD(of, member)
#define ROW_LED(of, member)       ROW_WORD(of, member)

#define EVENT(id, name, ...)                                                                       \
	static const struct field name##_fields[] = {PART(struct event_##name, head, &shape_head),
#define EVENT_FIELD(name, member, type, ...) ROW_##type(struct event_##name, member),
#define EVENT_END(name)                                                                            \
	}                                                                                          \
	;                                                                                          \
	static const struct shape shape_##name =                                                   \
		SHAPE("event " #name, struct event_##name, name##_fields);
#include "events.def"

static const struct field time_fields[] = {
	NUMBER(struct recorded_time, since),
	MAYBE(struct recorded_time, kind, &names_of_events),
};
static const struct shape shape_time = SHAPE("time of an event", struct recorded_time, time_fields);

static const struct field events_fields[] = {
	COLUMNS(struct recorded_events, times, n_times, &shape_time),
#define EVENT(id, name, ...) COLUMNS(struct recorded_events, name, n_##name, &shape_##name),
#include "events.def"
};
const struct shape shape_events = SHAPE("events", struct recorded_events, events_fields);
