/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Reads a recording, a section after the other. */
#ifndef WAKELAB_RECORDING_H
#define WAKELAB_RECORDING_H

#include <stdbool.h>

#include "recorded.h"

struct recording;

/* Opens one, and reads its head. path "-": standard input. NULL after one line on stderr. */
struct recording *recording_open(const char *path);

/* The path as it was given. */
const char *recording_path(const struct recording *r);

/* Whether it is of a comparison, which has several runs. */
bool recording_is_of_comparison(const struct recording *r);

/* Reads the next section that this wakelab knows; N_SECTIONS: there is no more. SECTION_HEAD and
 * SECTION_CALL are read for the caller. */
enum section recording_next(struct recording *r);

/* The struct that recorded.h has for a section, as it was read last. Moments name other calls. */
const struct recorded_head *recording_head(const struct recording *r);
const void *recording_data(const struct recording *r, enum section section);

/* When a section was so that has been read, ns since the start; 0 of such as have no time. A moment
 * is that of the interval which it ends, so its time is the middle of that. */
__u64 recording_time(const struct recording *r, enum section section);

/*
 * After the last section: why there is no end mark, and where in the file; NULL: there is one. "it
 * ends after 1234 bytes".
 */
const char *recording_flaw(const struct recording *r);

/* Moments that are missing, since the file did not take them in time. */
__u64 recording_dropped(const struct recording *r);

/* r may be NULL. */
void recording_close(struct recording *r);

#endif
