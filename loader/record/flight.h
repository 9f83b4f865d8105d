/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The blocks of a recording that are not written yet: those of the last so many seconds, in memory.
 * What becomes too old is dropped, but for the last moment of it, from which the next interval is
 * counted, and for what names a call.
 */
#ifndef WAKELAB_FLIGHT_H
#define WAKELAB_FLIGHT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct flight;

/* What to keep: blocks of the last span_ns ns, at most room bytes of them. NULL: there is no
 * memory. */
struct flight *flight_new(__u64 span_ns, size_t room);

/* A block, as flight_keep() takes it. */
struct kept {
	const void *data;
	size_t len;
	__u64 time;  /* ns since the start */
	bool moment; /* it ends an interval */
	bool names;  /* later blocks need what it names */
};

/* Copies a block, which is not older than the last one, and drops what is too old by then. Returns
 * 0, or -1 if there is no memory. */
int flight_keep(struct flight *f, const struct kept *block);

/* Prints the blocks, the oldest first, and keeps none of them. Gives how many ns they tell of. */
__u64 flight_print(struct flight *f, FILE *out);

/* Bytes that are kept. */
size_t flight_bytes(const struct flight *f);

/* f may be NULL. */
void flight_free(struct flight *f);

#endif
