/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The bytes of the messages: slices of one random pattern, the same for the same seed. */
#ifndef WAKELAB_PATTERN_H
#define WAKELAB_PATTERN_H

#include <stdint.h>

#include "load_state.h"

/* Fills l->pattern, LOAD_STARTS + size bytes, from the seed. */
void pattern_fill(struct load *l);

/*
 * The bytes of a message. Both factors are odd, so within 65536 messages no two of a connection
 * begin at the same place, and neither do two connections' messages of the same number.
 */
static inline const unsigned char *pattern_message(const struct load *l, unsigned conn,
						   uint64_t msg)
{
	return l->pattern + ((msg * 25171 + conn * 40503ULL) & (LOAD_STARTS - 1));
}

#endif
