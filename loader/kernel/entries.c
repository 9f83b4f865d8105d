// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "entries.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>

#define BATCH 1024 /* entries read by one call */

int for_each_entry(const struct bpf_map *map, void *ctx,
		   void (*take)(void *ctx, const void *key, const void *value))
{
	size_t key_size = bpf_map__key_size(map), value_size = bpf_map__value_size(map);
	char *keys = malloc(BATCH * key_size), *values = malloc(BATCH * value_size);
	__u32 place = 0, *from = NULL, n;
	int err = keys && values ? 0 : -ENOMEM;

	while (!err) {
		n = BATCH;
		err = bpf_map_lookup_batch(bpf_map__fd(map), from, &place, keys, values, &n, NULL);
		for (__u32 i = 0; (!err || err == -ENOENT) && i < n; i++)
			take(ctx, keys + i * key_size, values + i * value_size);
		from = &place;
	}
	free(keys);
	free(values);
	errno = -err;
	return err == -ENOENT ? 0 : -1;
}
