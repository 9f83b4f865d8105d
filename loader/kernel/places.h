/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Arrays of places, see bpf/state/maps.bpf.h. */
#ifndef WAKELAB_PLACES_H
#define WAKELAB_PLACES_H

#include <bpf/libbpf.h>

/* How many places there are to look at, of so many that the programs gave out. */
unsigned places_of(const struct bpf_map *map, const volatile __u32 *used);

/* Hands over each of the first n places, as it stands in the map: it may change meanwhile. Returns
 * 0, or -1 with errno. */
int for_each_place(const struct bpf_map *map, unsigned n, void *ctx,
		   void (*take)(void *ctx, const volatile void *place));

#endif
