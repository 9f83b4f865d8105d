// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Rules about connections that wait at a listener. */
#include <string.h>

#include "find.h"
#include "names.h"

/* Another rule says why nobody accepts: accept fails, or the listener's report is not heeded. */
static bool is_accused(const struct grounds *g, const struct backlog *b)
{
	static const enum evidence_of others[] = {EVIDENCE_ACCEPT, EVIDENCE_SPIN, EVIDENCE_READ,
						  EVIDENCE_NEWS, EVIDENCE_GONE};
	const struct details *d = &g->s->now;

	for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (grounds_evidence(g, others[i], b->tgid, b->fd) ||
		    grounds_evidence(g, others[i], b->accepter_tgid, b->fd))
			return true;
	for (unsigned i = 0; i < rows_kept(d->n_stalls, MAX_ROWS); i++)
		if (d->stalls[i].stall.kind == FILE_LISTENER && d->stalls[i].stall.fd == b->fd)
			return true;
	return false;
}

/* Whoever accepts may only be late: it has been as late before, or runs. */
static bool may_be_late(const struct listener_row *row, __u64 ns)
{
	return row->busy || ns / 2 < row->backlog.late;
}

static bool waits_in_vain(const struct grounds *g, const struct listener_row *row)
{
	__u64 ns = backlog_waited(g->s, &row->backlog);

	return ns && ns >= g->s->stall_ns && !may_be_late(row, ns);
}

static void about_listener(const struct grounds *g, struct finding *f,
			   const struct listener_row *row)
{
	const struct backlog *b = &row->backlog;

	f->about.pid = b->tgid;
	memcpy(f->about.comm, b->comm, sizeof(f->about.comm));
	f->about.fd = b->tgid ? (int)b->fd : -1;
	f->about.kind =
		b->family == AF_INET || b->family == AF_INET6 ? FILE_LISTENER : FILE_UNIX_STREAM;
	address_text(b->family, b->addr, b->port, f->detail, sizeof(f->detail));
	f->about.tid = row->tid;
	f->about.row = listener_call(row, g->end->before);
}

static void add_backlog(const struct grounds *g, const struct rule *r, struct found *found,
			const struct listener_row *row)
{
	const struct backlog *b = &row->backlog;
	__u64 ns = backlog_waited(g->s, b);
	struct finding *f = found_add(found, r, ns ? ns : b->dropped);

	about_listener(g, f, row);
	f->open = !b->ended && !b->dropped;
	finding_rests_on(f, "waiting", b->waiting);
	finding_rests_on(f, "waited_ns", ns);
	finding_rests_on(f, "limit", b->limit);
	finding_rests_on(f, "dropped", b->dropped);
	finding_rests_on(f, "accepted", b->accepted);
}

/* Of a listener at which connections wait in vain it is no matter that some were dropped. */
void find_backlog(const struct grounds *g, const struct rule *r, struct found *found)
{
	const struct details *d = &g->s->now;

	for (unsigned i = 0; i < rows_kept(d->n_listeners, MAX_ROWS); i++) {
		const struct listener_row *row = &d->listeners[i];
		bool vain = waits_in_vain(g, row);

		if (is_accused(g, &row->backlog))
			continue;
		if (!strcmp(r->cause, "waiting") ? vain : !vain && row->backlog.dropped)
			add_backlog(g, r, found, row);
	}
}
