/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The first bytes of a recording: a frame that zstd skips, so that the whole is a file of zstd. */
#ifndef WAKELAB_MARK_H
#define WAKELAB_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define MARK_SIZE 32

void mark_print(FILE *out);

/* The format of a recording that begins so, 0: it is none. */
unsigned mark_format(const unsigned char mark[MARK_SIZE]);

#endif
