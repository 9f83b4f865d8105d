// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include <string.h>

#include "grounds.h"

struct finding *found_add(struct found *found, const struct rule *r, __u64 size)
{
	struct finding *f = &found->spare;
	unsigned at = found->n;

	while (at > found->first && found->rows[at - 1].size < size)
		at--;
	if (found->n - found->first == MAX_ALIKE) {
		found->more++;
		found->n -= at < found->n;
	}
	if (at - found->first < MAX_ALIKE) {
		f = &found->rows[at];
		memmove(f + 1, f, (found->n++ - at) * sizeof(*f));
	}
	*f = (struct finding){.rule = r, .size = size, .unit = -1};
	f->about.fd = f->about.kind = f->about.epoll_fd = -1;
	return f;
}

void finding_rests_on(struct finding *f, const char *name, __u64 value)
{
	if (f->n_evidence < MAX_FIGURES)
		f->evidence[f->n_evidence++] = (struct figure){name, value};
}

void finding_costs(struct finding *f, const char *name, __u64 value)
{
	if (f->n_cost < MAX_FIGURES)
		f->cost[f->n_cost++] = (struct figure){name, value};
}

__u64 finding_figure(const struct finding *f, const char *name)
{
	for (unsigned i = 0; i < f->n_evidence; i++)
		if (!strcmp(f->evidence[i].name, name))
			return f->evidence[i].value;
	for (unsigned i = 0; i < f->n_cost; i++)
		if (!strcmp(f->cost[i].name, name))
			return f->cost[i].value;
	return 0;
}

bool finding_is(const struct finding *a, const struct finding *b)
{
	return a->rule == b->rule && a->about.pid == b->about.pid && a->about.fd == b->about.fd &&
	       (a->about.fd >= 0 || a->about.tid == b->about.tid);
}

/* The epoll instance that watches a file as that descriptor. */
static void note_instance(const struct grounds *g, struct about *a, __u64 file)
{
	const struct details *d = &g->s->now;

	for (unsigned i = 0; i < rows_kept(d->n_interests, MAX_ROWS); i++) {
		const struct interest *in = &d->interests[i];

		if (in->file != file || !file)
			continue;
		for (unsigned j = 0; j < rows_kept(d->n_epolls, MAX_ROWS); j++) {
			if (d->epolls[j].id != in->key.epoll)
				continue;
			a->epoll_pid = d->epolls[j].state.tgid;
			a->epoll_fd = d->epolls[j].state.fd;
			return;
		}
	}
}

static bool is_of_thread(enum evidence_of what)
{
	return what >= EVIDENCE_COMPUTED;
}

void finding_about(const struct grounds *g, struct finding *f, const struct evidence_row *row)
{
	const struct evidence *e = &row->evidence;

	f->about.pid = row->key.tgid;
	f->about.tid = is_of_thread(row->key.what) ? row->key.of : e->tid;
	memcpy(f->about.comm, e->comm, sizeof(f->about.comm));
	f->about.fd = is_of_thread(row->key.what) ? e->fd : row->key.of;
	f->about.kind = e->kind;
	f->about.row = e->row;
	f->about.family = e->family;
	f->about.port = e->port;
	memcpy(f->about.addr, e->addr, sizeof(f->about.addr));
	note_instance(g, &f->about, e->file);
	f->events = e->events;
	f->err = e->err;
}

void finding_unread(struct finding *f, const struct evidence *e)
{
	if (!e->amount)
		return;
	f->unit = e->unit;
	finding_rests_on(f, "unread", e->amount);
}

void finding_about_thread(struct finding *f, const struct thread_stats *t)
{
	f->about.pid = t->tgid;
	f->about.tid = t->key.tid;
	memcpy(f->about.comm, t->comm, sizeof(f->about.comm));
}
