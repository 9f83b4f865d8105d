// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "places.h"

#include <sys/mman.h>

unsigned places_of(const struct bpf_map *map, const volatile __u32 *used)
{
	unsigned n = *used, max = bpf_map__max_entries(map);

	return n < max ? n : max;
}

int for_each_place(const struct bpf_map *map, unsigned n, void *ctx,
		   void (*take)(void *ctx, const volatile void *place))
{
	size_t size = bpf_map__value_size(map); /* a multiple of 8, as the kernel lays them out */
	const char *places;

	if (!n)
		return 0;
	places = mmap(NULL, n * size, PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);
	if (places == MAP_FAILED)
		return -1;
	for (unsigned i = 0; i < n; i++)
		take(ctx, places + i * size);
	munmap((void *)places, n * size);
	return 0;
}
