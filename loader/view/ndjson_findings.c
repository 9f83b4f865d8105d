// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What was found, as NDJSON. */
#include "calls.h"
#include "json.h"
#include "names.h"
#include "ndjson.h"

/* What there is not is null. */
static void put_about(struct json_object *o, const struct about *a)
{
	struct json_object *s = put_object(o, "subject"), *epoll;
	char peer[64];

	put_known(s, "pid", a->pid, a->pid);
	put_known(s, "tid", a->tid, a->tid);
	put_string(s, "comm", *a->comm ? a->comm : NULL);
	put_string(s, "command", *a->command ? a->command : NULL);
	put_known(s, "fd", a->fd >= 0, a->fd);
	put_string(s, "kind", a->kind >= 0 ? file_kinds[a->kind] : NULL);
	address_text(a->family, a->addr, a->port, peer, sizeof(peer));
	put_string(s, "peer", *peer ? peer : NULL);
	put_string(s, "call", a->row ? calls[a->row].name : NULL);
	if (a->epoll_fd < 0) {
		put_string(s, "epoll", NULL);
		return;
	}
	epoll = put_object(s, "epoll");
	put(epoll, "pid", a->epoll_pid);
	put(epoll, "fd", a->epoll_fd);
}

static void put_evidence_of(struct json_object *o, const struct finding *f)
{
	struct json_object *e = put_object(o, "evidence");
	char text[80];

	for (unsigned i = 0; i < f->n_evidence; i++)
		put(e, f->evidence[i].name, f->evidence[i].value);
	if (f->unit >= 0)
		put_string(e, "unit", count_row(KEPT_AS_LARGEST, f->unit)->name);
	if (f->err)
		put_string(e, "errno", errno_cell_name(f->err, text, sizeof(text)));
	if (f->events)
		put_string(e, "events", told_events_text(f->events, text, sizeof(text)));
	if (f->signal)
		put_string(e, "signal", signal_name(f->signal, text, sizeof(text)));
	if (f->more)
		put(e, "more", f->more);
}

void put_finding(struct json_object *o, const struct finding *f)
{
	struct json_object *cost;

	put_string(o, "id", f->rule->id);
	put_string(o, "cause", *f->rule->cause ? f->rule->cause : NULL);
	put_string(o, "weight", weight_names[f->rule->weight]);
	put_about(o, &f->about);
	put_evidence_of(o, f);
	cost = put_object(o, "cost");
	for (unsigned i = 0; i < f->n_cost; i++)
		put(cost, f->cost[i].name, f->cost[i].value);
	put_string(o, "text", f->text);
}

void put_findings(struct json_object *o, const struct snapshot *total, const struct run_end *end)
{
	static struct finding findings[MAX_FINDINGS];
	unsigned n = findings_find(total, end, findings, MAX_FINDINGS);
	struct json_object *array = put_array(o, "findings");
	char none[FINDING_TEXT];

	for (unsigned i = 0; i < n; i++) {
		struct json_object *one = json_object_new_object();

		put_finding(one, &findings[i]);
		json_object_array_add(array, one);
	}
	put_string(o, "nothing_wrong",
		   findings_none(total, end, n, none, sizeof(none)) ? none : NULL);
}
