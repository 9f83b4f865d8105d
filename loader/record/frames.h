/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The blocks of a recording, one after the other, from a file or a pipe. */
#ifndef WAKELAB_FRAMES_H
#define WAKELAB_FRAMES_H

#include "bytes.h"

#define MOST_OF_BLOCK (64u << 20) /* bytes of a block, packed or not: more is refused */

struct frames;

/* path NULL: standard input. NULL with errno. */
struct frames *frames_open(const char *path);

/* The mark at the begin, or as much of it as there is. Returns 0, or -1 with errno. */
int frames_begin(struct frames *f, const unsigned char **mark, size_t *len);

/* Unpacks the next block, which lasts until the one after it. NULL, or why there is none. */
const char *frames_next(struct frames *f, struct taking *block);

/* That the block which was taken last is not what it has to be, in the same words. */
const char *frames_broken(struct frames *f);

/* f may be NULL. */
void frames_close(struct frames *f);

#endif
