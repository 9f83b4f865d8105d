// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "self.h"

#include <string.h>

__u64 self_sum(__u64 a, __u64 b)
{
	return a == SELF_UNKNOWN || b == SELF_UNKNOWN ? SELF_UNKNOWN : a + b;
}

struct self_program self_programs(const struct self_program *programs, unsigned n)
{
	struct self_program sum = {0};

	if (n)
		sum = programs[0];
	for (unsigned i = 1; i < n; i++) {
		sum.runs = self_sum(sum.runs, programs[i].runs);
		sum.ns = self_sum(sum.ns, programs[i].ns);
		sum.missed = self_sum(sum.missed, programs[i].missed);
	}
	return sum;
}

unsigned self_same_hook(const struct self_program *programs, unsigned n)
{
	unsigned same = 0;

	while (same < n && !strcmp(programs[same].what, programs[0].what))
		same++;
	return same;
}

__u64 self_maps_bytes(const struct self *self)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < self->n_maps; i++)
		sum = self_sum(sum, self->maps[i].bytes);
	return sum;
}
