// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "members.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>

#include "places.h"

static int by_process(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return left->pid != right->pid ? (left->pid < right->pid ? -1 : 1)
				       : (left->tid > right->tid) - (left->tid < right->tid);
}

struct members {
	struct member *rows;
	unsigned n, max;
};

static void take_member(void *ctx, const volatile void *place)
{
	struct task_row row = *(const volatile struct task_row *)place;
	struct members *m = ctx;

	if (row.task && row.stats.key.tid && m->n < m->max)
		m->rows[m->n++] = (struct member){row.task, row.stats.tgid, row.stats.key.tid};
}

struct member *list_members(const struct wakelab *skel, unsigned *n)
{
	struct members m = {.max = places_of(skel->maps.task_places, &skel->bss->tasks_used)};

	m.rows = calloc(m.max + 1, sizeof(*m.rows));
	if (m.rows && for_each_place(skel->maps.task_places, m.max, &m, take_member)) {
		free(m.rows);
		return NULL;
	}
	if (m.rows)
		qsort(m.rows, m.n, sizeof(*m.rows), by_process);
	*n = m.n;
	return m.rows;
}
