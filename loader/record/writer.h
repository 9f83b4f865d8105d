/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Writes a recording: a mark that says what it is, a description of what follows, and blocks of
 * sections. Each is a frame of zstd with its checksum, so what was written up to a crash can be
 * read up to the last whole block.
 */
#ifndef WAKELAB_WRITER_H
#define WAKELAB_WRITER_H

#include <stdio.h>

#include "recorded.h"

struct writer;

/* Begins a recording; NULL: there is no memory. */
struct writer *writer_new(FILE *out);

/* Adds a section: data is the struct that recorded.h has for it. */
void writer_add(struct writer *w, enum section section, const void *data);

/* Ends the block, if there is anything in it, and prints it. Returns 0, or -1 if there is no
 * memory: then the block is lost. */
int writer_flush(struct writer *w);

/* Whether the block that was printed last names a call, for those that follow. */
bool writer_named(const struct writer *w);

/* w may be NULL. */
void writer_free(struct writer *w);

#endif
