/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_ENTRIES_H
#define WAKELAB_ENTRIES_H

#include <bpf/libbpf.h>

/* Reads a hash map whole and hands over each entry, which may be gone from the map by then, or be
 * taken from it by whom it is handed to. Returns 0 or -1 with errno. */
int for_each_entry(const struct bpf_map *map, void *ctx,
		   void (*take)(void *ctx, const void *key, const void *value));

#endif
