// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "members.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>

static int by_process(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return left->pid != right->pid ? (left->pid < right->pid ? -1 : 1)
				       : (left->tid > right->tid) - (left->tid < right->tid);
}

struct member *list_members(const struct wakelab *skel, unsigned *n)
{
	int fd = bpf_map__fd(skel->maps.tasks);
	__u64 value[bpf_map__value_size(skel->maps.tasks) / sizeof(__u64)];
	const struct thread_stats *t = (const void *)value;
	unsigned max = bpf_map__max_entries(skel->maps.tasks);
	struct member *members = calloc(max, sizeof(*members));
	__u64 key, *from = NULL;

	*n = 0;
	while (members && *n < max && !bpf_map_get_next_key(fd, from, &key)) {
		from = &key;
		if (!bpf_map_lookup_elem(fd, &key, value) && t->key.tid)
			members[(*n)++] = (struct member){key, t->tgid, t->key.tid};
	}
	if (members)
		qsort(members, *n, sizeof(*members), by_process);
	return members;
}
