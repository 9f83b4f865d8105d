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
	const struct values values = {
		.v = v,
		.first = COUNT_EDGES,
		.rest = pending,
		.sees = edges ? s->sees : s->sees & ~SEES_READY,
	};

	put_counts(o, "interests", KEPT_BY_INTEREST, &values);
}

void put_interests(struct json_object *o, const struct snapshot *s, const struct snapshot *total)
{
	const struct values values = {
		.v = s->counters,
		.rest = interests_pending(total),
		.sees = s->sees,
	};
	struct json_object *w = put_object(o, "interests");

	put_counts(w, "interests", KEPT_AS_COUNTER, &values);
	put(w, "stalled_bytes", total->stalled_left[UNREAD_BYTES]);
	put(w, count_alone(COUNT_STALLED_NS), s->stalled_ns); /* those under way, too */
	put_counts(put_object(w, "flags"), "interests.flags", KEPT_AS_COUNTER, &values);
}

static struct json_object *interest_object(const struct snapshot *s, const struct interest *i)
{
	struct json_object *row = json_object_new_object();
	char text[128], data[24];

	snprintf(data, sizeof(data), "0x%llx", (unsigned long long)i->key.data);
	put(row, "fd", i->fd);
	put_string(row, "data", data);
	put_string(row, "events", interest_events_text(i->events, text, sizeof(text)));
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

void put_unread(struct json_object *o, const struct stall *s)
{
	char peer[80];

	put(o, "fd", s->fd);
	put_string(o, "peer", peer_text(s, peer, sizeof(peer)));
	put_string(o, "kind", file_kinds[s->kind < N_FILE_KINDS ? s->kind : FILE_OTHER]);
	put(o, "unread", s->unread);
	put_string(o, "unit", count_row(KEPT_AS_LARGEST, s->unit)->name);
}

void put_left(struct json_object *o, const struct snapshot *s)
{
	const struct values largest = {.v = s->left_largest};

	put_counts(put_object(o, "left_largest"), "left_largest", KEPT_AS_LARGEST, &largest);
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
