/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* All moments of a recording in memory, packed: a snapshot is mostly zeros. */
#ifndef WAKELAB_TIMELINE_H
#define WAKELAB_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshot.h"

struct packed {
	__u64 elapsed_ns;
	size_t at, len; /* of its bytes */
};

struct timeline {
	struct packed *moments;
	char *bytes;
	size_t used, bytes_room, room;
	unsigned n;
};

/* Adds one, behind the last. False: there is no memory. */
bool timeline_add(struct timeline *t, const struct snapshot *s, __u64 elapsed_ns);

/* The totals of a moment, 0 <= at < n. False: there is no memory. */
bool timeline_get(const struct timeline *t, unsigned at, struct snapshot *s);

/* The last moment that is not behind a time; the first, where all are. */
unsigned timeline_at(const struct timeline *t, __u64 elapsed_ns);

void timeline_free(struct timeline *t);

#endif
