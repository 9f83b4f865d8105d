// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "backlogs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "calls.h"
#include "entries.h"
#include "members.h"
#include "run_program.h"

static __u64 listener_weight(const void *row)
{
	return ((const struct listener_row *)row)->backlog.waiting;
}

struct looking {
	const struct wakelab *skel;
	struct details *d;
	int err;
};

/* Has the program look at it, and reads it anew. Returns 0, or -1 with errno: ENOENT if it is gone
 * meanwhile. */
static int look_at(const struct wakelab *skel, __u64 key, struct backlog *b)
{
	if (run_program(skel->progs.look_at_backlog, &key, sizeof(key)))
		return -1;
	return bpf_map_lookup_elem(bpf_map__fd(skel->maps.backlogs), &key, b) ? -1 : 0;
}

static void take_backlog(void *ctx, const void *key, const void *value)
{
	struct backlog b = *(const struct backlog *)value;
	struct looking *looking = ctx;
	struct details *d = looking->d;
	unsigned at;

	if (!b.ended && look_at(looking->skel, *(const __u64 *)key, &b)) {
		if (errno != ENOENT)
			looking->err = errno;
		return;
	}
	at = row_place(d->listeners, sizeof(*d->listeners), d->n_listeners++, MAX_ROWS, b.waiting,
		       listener_weight);
	if (at < MAX_ROWS)
		d->listeners[at] = (struct listener_row){.backlog = b};
}

/* What a thread does, of the process that is to accept. The one is named that accepted last, else
 * the process's first. Returns 0, or -1 with errno. */
static int note_thread(const struct wakelab *skel, struct listener_row *row, const struct member *m)
{
	const struct looked_task *seen = &skel->bss->looked_task;

	if (run_program(skel->progs.look_at_task, &m->task, sizeof(m->task)))
		return -1;
	row->busy |= !seen->asleep;
	if (!seen->asleep || (row->tid && m->tid != (pid_t)row->backlog.accepter))
		return 0;
	row->tid = m->tid;
	row->row = seen->row > OTHER_CALL ? seen->row : 0;
	row->before = seen->before;
	return 0;
}

/* The same of its threads; of a process that has the listener open where none has accepted. */
static int note_threads(const struct wakelab *skel, struct listener_row *row,
			const struct member *members, unsigned n)
{
	const struct backlog *b = &row->backlog;
	pid_t pid = b->accepter_tgid ? b->accepter_tgid : b->tgid;

	for (unsigned i = 0; i < n; i++)
		if (members[i].pid == pid && note_thread(skel, row, &members[i]))
			return -1;
	return 0;
}

/* Of those listeners at which connections have waited for long. */
static int sample_threads(const struct wakelab *skel, struct snapshot *snap)
{
	struct details *d = &snap->now;
	struct member *members = NULL;
	unsigned n = 0;
	int err = 0;

	for (unsigned i = 0; !err && i < rows_kept(d->n_listeners, MAX_ROWS); i++) {
		struct listener_row *row = &d->listeners[i];

		if (row->backlog.ended || backlog_waited(snap, &row->backlog) < snap->stall_ns)
			continue;
		if (!members)
			members = list_members(skel, &n);
		err = members ? note_threads(skel, row, members, n) : -1;
	}
	free(members);
	return err;
}

int backlogs_sample(const struct wakelab *skel, struct snapshot *snap)
{
	struct looking looking = {.skel = skel, .d = &snap->now};

	if (for_each_entry(skel->maps.backlogs, &looking, take_backlog))
		return -1;
	errno = looking.err;
	return looking.err ? -1 : sample_threads(skel, snap);
}
