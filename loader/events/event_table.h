/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* metrics/events.def for user space: what a record of each kind tells, and how it is read. */
#ifndef WAKELAB_EVENT_TABLE_H
#define WAKELAB_EVENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "event_records.h"

/* What a member is; events.def has what they mean. */
enum event_type {
	EVENT_TYPE_CALL,
	EVENT_TYPE_VERDICT,
	EVENT_TYPE_RESULT,
	EVENT_TYPE_ARGS,
	EVENT_TYPE_FILE,
	EVENT_TYPE_FD,
	EVENT_TYPE_NS,
	EVENT_TYPE_TIMEOUT,
	EVENT_TYPE_AMOUNT,
	EVENT_TYPE_UNREAD,
	EVENT_TYPE_NUMBER,
	EVENT_TYPE_EVENTS,
	EVENT_TYPE_TOLD,
	EVENT_TYPE_POLLED,
	EVENT_TYPE_DATA,
	EVENT_TYPE_WAKER,
	EVENT_TYPE_SIGNAL,
	EVENT_TYPE_RAISED,
	EVENT_TYPE_CODE,
	EVENT_TYPE_TID,
	EVENT_TYPE_COMM,
	EVENT_TYPE_UNIT,
	/* groups of words */
	EVENT_TYPE_JUDGED,
	EVENT_TYPE_CAUSE,
	EVENT_TYPE_OPERATION,
	EVENT_TYPE_TAKEN,
	EVENT_TYPE_WHY_LATE,
	EVENT_TYPE_PROVED,
	EVENT_TYPE_LED,
};

struct event_field {
	const char *name;
	const char *key; /* the same in NDJSON: ",\"name\":" */
	enum event_type type;
	size_t at; /* in the record */
};

struct event_row {
	const char *name;
	enum event_part part;
	size_t size; /* of the record */
	const struct event_field *fields;
	unsigned n_fields;
	const char *text;
	const char *counted;
};

extern const struct event_row event_rows[N_EVENTS];

/* The word of that number; "?" if there is none. */
const char *event_word(unsigned word);

/* Whether that is a record: of a kind that is known, and of its size. */
bool event_is_whole(const struct event_head *head, size_t size);

/* The kinds of some parts (enum event_part), as bits. */
__u64 event_kinds_of(unsigned parts);

/* How each call tells its timeout, by its row in the ledger. */
void event_timeouts(struct event_timeout timeouts[MAX_CALLS]);

#endif
