// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "members.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <sys/mman.h>

static int by_process(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return left->pid != right->pid ? (left->pid < right->pid ? -1 : 1)
				       : (left->tid > right->tid) - (left->tid < right->tid);
}

/* How many places there are to look at. */
static unsigned places_used(const struct wakelab *skel)
{
	unsigned used = __atomic_load_n(&skel->bss->places_used, __ATOMIC_RELAXED);
	unsigned max = bpf_map__max_entries(skel->maps.places);

	return used < max ? used : max;
}

int for_each_task(const struct wakelab *skel, void *ctx,
		  void (*take)(void *ctx, const struct task_row *row))
{
	size_t stride = bpf_map__value_size(skel->maps.places);
	unsigned n = places_used(skel);
	const char *places;

	if (!n)
		return 0;
	places = mmap(NULL, n * stride, PROT_READ, MAP_SHARED, bpf_map__fd(skel->maps.places), 0);
	if (places == MAP_FAILED)
		return -1;
	for (unsigned i = 0; i < n; i++) {
		struct task_row row = *(const volatile struct task_row *)(places + i * stride);

		if (row.task && row.stats.key.tid)
			take(ctx, &row);
	}
	munmap((void *)places, n * stride);
	return 0;
}

struct members {
	struct member *rows;
	unsigned n, max;
};

static void take_member(void *ctx, const struct task_row *row)
{
	struct members *m = ctx;

	if (m->n < m->max)
		m->rows[m->n++] =
			(struct member){row->task, row->stats.tgid, row->stats.key.tid};
}

struct member *list_members(const struct wakelab *skel, unsigned *n)
{
	struct members m = {.max = places_used(skel)};

	m.rows = calloc(m.max + 1, sizeof(*m.rows));
	if (m.rows && for_each_task(skel, &m, take_member)) {
		free(m.rows);
		return NULL;
	}
	if (m.rows)
		qsort(m.rows, m.n, sizeof(*m.rows), by_process);
	*n = m.n;
	return m.rows;
}
