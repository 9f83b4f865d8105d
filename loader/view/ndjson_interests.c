// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* NDJSON: what is registered with epoll, the reports of it, and the stalls. */
#include "json.h"
#include "names.h"
#include "ndjson.h"

/* Without notifications there are no edges to count; what a report was, is known all the same.
 * edges: whether those of this interest are seen, where any are. */
static void put_interest_counts(struct json_object *o, const struct snapshot *s, const __u64 *v,
				bool edges, __u64 pending)
{
	static const struct {
		const char *name;
		enum counter which;
		bool of_edges;
	} counts[] = {
		{"edges", COUNT_EDGES, true},          {"arms", COUNT_ARMS, true},
		{"reports", COUNT_REPORTS, false},     {"fresh", COUNT_FRESH, false},
		{"rereports", COUNT_REREPORTS, false}, {"merged", COUNT_MERGED, true},
		{"found", COUNT_FOUND, true},          {"ambiguous", COUNT_AMBIGUOUS, false},
		{"unknown", COUNT_UNKNOWN, false},     {"disarmed", COUNT_DISARMED, false},
		{"rearmed", COUNT_REARMED, false},     {"left", COUNT_LEFT, false},
		{"stalls", COUNT_STALLS, false},       {"stalled_ns", COUNT_STALLED_NS, false},
	};

	edges = edges && sees(s, SEES_READY);
	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		put_known(o, counts[i].name, edges || !counts[i].of_edges,
			  v[counts[i].which - COUNT_EDGES]);
	put_known(o, "pending", edges, pending);
}

/* The unknown reports by what their files are; kinds without any are left out. */
static void put_unknown(struct json_object *o, const struct snapshot *s)
{
	struct json_object *by = put_object(o, "unknown_by");

	for (unsigned kind = 0; kind < N_FILE_KINDS; kind++)
		if (s->counters[COUNT_UNKNOWN_OF + kind])
			put(by, file_kinds[kind], s->counters[COUNT_UNKNOWN_OF + kind]);
}

void put_interests(struct json_object *o, const struct snapshot *s, const struct snapshot *total)
{
	struct json_object *w = put_object(o, "interests");

	put_interest_counts(w, s, s->counters + COUNT_EDGES, true, interests_pending(total));
	put_unknown(w, s);
	put(w, "level", s->counters[COUNT_SET_LEVEL]);
	put(w, "edge_triggered", s->counters[COUNT_SET_EDGE]);
	put(w, "stalled_bytes", total->stalled_left[UNREAD_BYTES]);
	put(w, "stalled_ns", s->stalled_ns);
	w = put_object(w, "flags");
	for (unsigned i = 0; i < N_REPORT_FLAGS; i++)
		put(w, report_flags[i].name, s->counters[report_flags[i].counter]);
}

static struct json_object *interest_object(const struct snapshot *s, const struct interest *i)
{
	struct json_object *row = json_object_new_object();
	char text[128], data[24];

	snprintf(data, sizeof(data), "0x%llx", (unsigned long long)i->key.data);
	put(row, "fd", i->fd);
	put_string(row, "data", data);
	put_string(row, "events", epoll_events_text(i->events, text, sizeof(text)));
	put(row, "registrations", i->shared + 1);
	put_string(row, "kind", file_kinds[i->kind < N_FILE_KINDS ? i->kind : FILE_OTHER]);
	put_interest_counts(row, s, i->v, sees_edges(s, i), i->pending);
	return row;
}

/* Each epoll instance, and below it those of the busiest interests that are its own. */
void put_epolls(struct json_object *o, const struct snapshot *s, unsigned top)
{
	const struct details *d = &s->now;
	struct json_object *array = put_array(o, "epolls");

	for (unsigned e = 0; e < rows_kept(d->n_epolls, top); e++) {
		const struct epoll_row *epoll = &d->epolls[e];
		struct json_object *row, *interests;

		if (!epoll->id && !epoll->state.v[COUNT_REPORTS - COUNT_EDGES])
			continue;
		row = json_object_new_object();
		put(row, "pid", epoll->state.tgid);
		put(row, "fd", epoll->state.fd);
		put(row, "interests", epoll->interests);
		put_interest_counts(row, s, epoll->state.v, true, edges_pending(epoll->state.v));
		interests = put_array(row, "busiest");
		for (unsigned i = 0; i < rows_kept(d->n_interests, top); i++)
			if (d->interests[i].key.epoll == epoll->id)
				json_object_array_add(interests,
						      interest_object(s, &d->interests[i]));
		json_object_array_add(array, row);
	}
}

static const char *const units[N_UNREAD] = {"bytes", "packets", "connections"};

void put_unread(struct json_object *o, const struct stall *s)
{
	char peer[80];

	put(o, "fd", s->fd);
	put_string(o, "peer", peer_text(s, peer, sizeof(peer)));
	put(o, "unread", s->unread);
	put_string(o, "unit", units[s->unit]);
}

void put_left(struct json_object *o, const struct snapshot *s)
{
	struct json_object *largest = put_object(o, "left_largest");

	for (unsigned unit = 0; unit < N_UNREAD; unit++)
		put(largest, units[unit], s->left_largest[unit]);
	if (s->left_last.unread)
		put_unread(put_object(o, "left_last"), &s->left_last);
	else
		put_string(o, "left_last", NULL);
	put_hist(o, "left_ns", &s->left);
}

void put_stall(struct json_object *o, const struct stall *s, __u64 stalled_ns)
{
	put_unread(o, s);
	put(o, "tid", s->tid);
	put(o, "pid", s->tgid);
	put(o, "stalled_ns", stalled_ns);
	put_bool(o, "before", s->before);
}

void put_stalls(struct json_object *o, const struct snapshot *s, unsigned top)
{
	struct json_object *array = put_array(o, "stalled");

	for (unsigned i = 0; i < rows_kept(s->now.n_stalls, top); i++) {
		const struct stall *stall = &s->now.stalls[i].stall;
		struct json_object *row = json_object_new_object();

		put_stall(row, stall, remainder_of(s->time, stall->since));
		json_object_array_add(array, row);
	}
}
