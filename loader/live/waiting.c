// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What waits now and nobody takes it: input left unread, output without room, connections. */
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "live_model.h"
#include "names.h"

static struct waiting_line *add(struct model *m, enum waiting what)
{
	struct waiting_line *line = &m->waiting[m->n_waiting];

	m->n_waiting += m->n_waiting < MAX_WAITING - 1;
	*line = (struct waiting_line){.what = what, .kind = -1};
	return line;
}

static void add_stalls(struct model *m)
{
	const struct details *d = &m->now->now;

	for (unsigned i = 0; i < rows_kept(d->n_stalls, MAX_ROWS); i++) {
		const struct stall *s = &d->stalls[i].stall;
		struct waiting_line *line = add(m, WAITS_STALL);

		line->pid = s->tgid;
		line->tid = s->tid;
		line->fd = s->fd;
		line->kind = s->kind;
		line->ns = remainder_of(m->now->time, s->since);
		line->amount = s->unread;
		peer_text(s, line->peer, sizeof(line->peer));
		unread_text(s, line->amount_text, sizeof(line->amount_text));
	}
}

static struct waiting_line *add_evidence(struct model *m, enum waiting what,
					 const struct evidence_row *row)
{
	const struct evidence *e = &row->evidence;
	struct waiting_line *line = add(m, what);

	line->pid = row->key.tgid;
	line->tid = e->tid;
	line->fd = row->key.of;
	line->kind = e->kind;
	line->ns = e->ns;
	line->amount = e->amount;
	address_text(e->family, e->addr, e->port, line->peer, sizeof(line->peer));
	return line;
}

/* Evidence that is under way: of room, that has a beginning; of a disarmed one, that nobody has
 * ended. */
static void add_descriptors(struct model *m)
{
	const struct details *d = &m->now->now;

	for (unsigned i = 0; i < rows_kept(d->n_evidence, MAX_EVIDENCE_ROWS); i++) {
		const struct evidence_row *row = &d->evidence[i];
		const struct evidence *e = &row->evidence;
		struct waiting_line *line;

		if (row->key.what == EVIDENCE_ROOM && e->since) {
			line = add_evidence(m, WAITS_ROOM, row);
			line->ns = remainder_of(m->now->time, e->since);
			snprintf(line->amount_text, sizeof(line->amount_text), "%s not sent",
				 format_bytes(e->amount));
		} else if (row->key.what == EVIDENCE_REARM && !e->tid && e->amount) {
			line = add_evidence(m, WAITS_DISARMED, row);
			amount_text(e->unit, e->amount, line->amount_text,
				    sizeof(line->amount_text));
		}
	}
}

static void add_backlogs(struct model *m)
{
	const struct details *d = &m->now->now;

	for (unsigned i = 0; i < rows_kept(d->n_listeners, MAX_ROWS); i++) {
		const struct backlog *b = &d->listeners[i].backlog;
		struct waiting_line *line;

		if (!b->waiting || b->ended || backlog_waited(m->now, b) < m->now->stall_ns)
			continue;
		line = add(m, WAITS_BACKLOG);
		line->pid = b->tgid;
		line->tid = d->listeners[i].tid;
		line->fd = b->fd;
		line->kind = FILE_LISTENER;
		line->ns = backlog_waited(m->now, b);
		line->amount = b->waiting;
		line->limit = b->limit;
		address_text(b->family, b->addr, b->port, line->peer, sizeof(line->peer));
		amount_text(UNREAD_CONNECTIONS, b->waiting, line->amount_text,
			    sizeof(line->amount_text));
	}
}

void model_find_waiting(struct model *m)
{
	m->n_waiting = 0;
	add_stalls(m);
	add_descriptors(m);
	add_backlogs(m);
}
