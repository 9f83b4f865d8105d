// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* NDJSON: what findings rest on, a row each. */
#include "calls.h"
#include "json.h"
#include "names.h"
#include "ndjson.h"

static struct json_object *evidence_object(const struct evidence_key *key, const struct evidence *e)
{
	struct json_object *o = json_object_new_object();
	char text[128];

	put_string(o, "of", evidence_names[key->what]);
	put(o, "pid", key->tgid);
	put(o, "fd", e->fd);
	put(o, "tid", e->tid);
	put_string(o, "comm", e->comm);
	put(o, "count", e->count);
	put(o, "ns", e->ns);
	put(o, "amount", e->amount);
	put_string(o, "unit", count_row(KEPT_AS_LARGEST, e->unit)->name);
	put(o, "limit", e->limit);
	put_string(o, "err", e->err ? errno_cell_name(e->err, text, sizeof(text)) : NULL);
	put_string(o, "events", told_events_text(e->events, text, sizeof(text)));
	put_string(o, "kind", file_kinds[e->kind]);
	put_string(o, "peer", address_text(e->family, e->addr, e->port, text, sizeof(text)));
	put_string(o, "call", e->row ? calls[e->row].name : NULL);
	put(o, "part", e->part);
	return o;
}

void put_evidence(struct json_object *o, const struct details *d)
{
	struct json_object *array = put_array(o, "evidence");

	for (unsigned i = 0; i < rows_kept(d->n_evidence, MAX_EVIDENCE_ROWS); i++)
		json_object_array_add(
			array, evidence_object(&d->evidence[i].key, &d->evidence[i].evidence));
}
