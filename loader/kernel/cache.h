/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What was found out once about the running kernel, kept for this build of wakelab: a file below
 * /var/cache/wakelab, or for who is not root $XDG_CACHE_HOME/wakelab (~/.cache/wakelab). It can be
 * removed at any time.
 */
#ifndef WAKELAB_CACHE_H
#define WAKELAB_CACHE_H

#include <stddef.h>

/* What is kept, *len bytes, to be freed; NULL: nothing that could be trusted. */
void *cache_read(size_t *len);

/* Keeps it in the place of what was kept. Where that cannot be, nothing is kept. */
void cache_write(const void *bytes, size_t len);

#endif
