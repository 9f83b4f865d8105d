// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* One JSON object a line, for scripts. The names are those of docs/metrics.md; "schema" changes
 * when they do. */
#include "calls.h"
#include "json.h"
#include "meaning.h"
#include "names.h"
#include "sink.h"
#include "visible.h"

static const char *const waker_contexts[N_WAKER_CONTEXTS] = {
	[WAKER_TASK] = "task",
	[WAKER_SOFTIRQ] = "softirq",
	[WAKER_HARDIRQ] = "hardirq",
	[WAKER_UNKNOWN] = "unknown",
};

/* A latency; null where the kernel does not show its begin. */
static void put_known_hist(struct json_object *o, const char *name, bool known,
			   const struct hist *h)
{
	if (known)
		put_hist(o, name, h);
	else
		put_string(o, name, NULL);
}

static void put_errors(struct json_object *o, const struct call_stats *stats)
{
	struct json_object *errors = put_object(o, "errors");
	char buf[32];

	for (unsigned i = 0; i < N_ERRNO_CELLS; i++)
		if (stats->errors[i])
			put(errors, errno_cell_name(i, buf, sizeof(buf)), stats->errors[i]);
}

/* What is in flight or pending is so at this moment: it is taken from the totals. */
static void put_syscalls(struct json_object *o, const struct snapshot *s,
			 const struct snapshot *total)
{
	static const char *const names[N_VERDICTS] = {
		[VERDICT_READY] = "ready",
		[VERDICT_SLEPT] = "slept",
		[VERDICT_EMPTY] = "empty",
		[VERDICT_TIMEOUT] = "timeout",
		[VERDICT_INTERRUPTED] = "interrupted",
		[VERDICT_ERROR] = "error",
	};
	struct json_object *array = put_array(o, "syscalls");

	for (unsigned i = OTHER_CALL; i < n_calls; i++) {
		struct json_object *row, *verdicts;

		if (!s->calls[i] && !calls_returned(&s->stats[i]))
			continue;
		row = json_object_new_object();
		put_string(row, "name", calls[i].name);
		put(row, "calls", s->calls[i]);
		put_errors(row, &s->stats[i]);
		verdicts = put_object(row, "verdicts");
		for (unsigned v = 0; v < N_VERDICTS; v++)
			put(verdicts, names[v], s->stats[i].verdicts[v]);
		put(verdicts, "in_flight", calls_in_flight(total, i));
		put(row, "zero", s->stats[i].zero);
		put(row, "bytes", s->stats[i].bytes);
		put(row, "sleeps", s->stats[i].sleeps);
		put_hist(row, "duration_ns", &s->stats[i].duration);
		json_object_array_add(array, row);
	}
}

static void put_wakers(struct json_object *o, const struct snapshot *s)
{
	struct json_object *w = put_object(o, "from");

	for (unsigned i = 0; i < N_WAKER_CONTEXTS; i++)
		put(w, waker_contexts[i], s->counters[COUNT_FROM_TASK + i]);
}

static void put_wakeups(struct json_object *o, const struct snapshot *s,
			const struct snapshot *total)
{
	const __u64 *c = s->counters;
	struct json_object *w = put_object(o, "wakeup_ns");

	put_known_hist(w, "ready_to_waking", sees(s, SEES_READY),
		       &s->latencies[LATENCY_READY_TO_WAKING]);
	put_hist(w, "waking_to_oncpu", &s->latencies[LATENCY_WAKING_TO_ONCPU]);
	put_hist(w, "oncpu_to_return", &s->latencies[LATENCY_ONCPU_TO_RETURN]);
	put_hist(w, "waking_to_return", &s->latencies[LATENCY_WAKING_TO_RETURN]);
	put_known_hist(o, "service_ns", sees(s, SEES_READY), &s->latencies[LATENCY_READY_TO_READ]);
	w = put_object(o, "wakes");
	put(w, "total", c[COUNT_WAKES]);
	put(w, "early", c[COUNT_EARLY]);
	put(w, "absorbed", c[COUNT_ABSORBED]);
	put(w, "returned", c[COUNT_RETURNED]);
	put(w, "useful", c[COUNT_USEFUL]);
	put(w, "wasted", c[COUNT_WASTED]);
	put(w, "timed", c[COUNT_TIMED]);
	put(w, "pending", wakes_pending(total));
	put(w, "sleeps", c[COUNT_SLEEPS]);
	put(w, "unseen", c[COUNT_UNSEEN]);
	put_wakers(w, s);
	w = put_object(w, "by");
	put_known(w, "data", sees(s, SEES_READY), c[COUNT_BY_DATA]);
	put(w, "signal", c[COUNT_BY_SIGNAL]);
	put(w, "timer", c[COUNT_BY_TIMER]);
	put(w, "other", c[COUNT_BY_OTHER]);
	w = put_object(o, "work");
	put(w, "returns", c[COUNT_WORK_RETURNS]);
	put(w, "events", c[COUNT_WORK_EVENTS]);
	put(w, "calls", c[COUNT_WORK_CALLS]);
	put(w, "bytes", c[COUNT_WORK_BYTES]);
	put(w, "eagain", c[COUNT_WORK_EAGAIN]);
}

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
		{"edges", COUNT_EDGES, true},
		{"arms", COUNT_ARMS, true},
		{"reports", COUNT_REPORTS, false},
		{"fresh", COUNT_FRESH, false},
		{"rereports", COUNT_REREPORTS, false},
		{"merged", COUNT_MERGED, true},
		{"found", COUNT_FOUND, true},
		{"ambiguous", COUNT_AMBIGUOUS, false},
		{"unknown", COUNT_UNKNOWN, false},
		{"disarmed", COUNT_DISARMED, false},
		{"rearmed", COUNT_REARMED, false},
		{"stalls", COUNT_STALLS, false},
		{"stalled_ns", COUNT_STALLED_NS, false},
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

static void put_interests(struct json_object *o, const struct snapshot *s,
			  const struct snapshot *total)
{
	struct json_object *w = put_object(o, "interests");

	put_interest_counts(w, s, s->counters + COUNT_EDGES, true, interests_pending(total));
	put_unknown(w, s);
	put(w, "stalled_bytes", total->stalled_left[UNREAD_BYTES]);
	put(w, "stalled_ns", s->stalled_ns);
	w = put_object(w, "flags");
	for (unsigned i = 0; i < N_REPORT_FLAGS; i++)
		put(w, report_flags[i].name, s->counters[report_flags[i].counter]);
}

static void put_threads(struct json_object *o, const struct details *d, unsigned top)
{
	static const char *const names[N_THREAD_COUNTS] = {
		[COUNT_WAKES] = "wakes",       [COUNT_EARLY] = "early",
		[COUNT_ABSORBED] = "absorbed", [COUNT_RETURNED] = "returned",
		[COUNT_USEFUL] = "useful",     [COUNT_WASTED] = "wasted",
		[COUNT_TIMED] = "timed",       [COUNT_SLEEPS] = "sleeps",
		[COUNT_UNSEEN] = "unseen",
	};
	struct json_object *array = put_array(o, "threads");

	for (unsigned i = 0; i < rows_kept(d->n_threads, top); i++) {
		const struct thread_stats *t = &d->threads[i];
		struct json_object *row = json_object_new_object();

		put(row, "tid", t->key.tid);
		put(row, "pid", t->tgid);
		put_string(row, "comm", t->comm);
		for (unsigned n = 0; n < N_THREAD_COUNTS; n++)
			put(row, names[n], t->v[n]);
		json_object_array_add(array, row);
	}
}

static void put_waker_rows(struct json_object *o, const struct details *d, unsigned top)
{
	struct json_object *array = put_array(o, "wakers");

	for (unsigned i = 0; i < rows_kept(d->n_wakers, top); i++) {
		const struct waker_row *w = &d->wakers[i];
		struct json_object *row;

		if (!w->waker.wakes)
			break;
		row = json_object_new_object();
		put_string(row, "context", waker_contexts[w->key.context]);
		put(row, "tid", w->key.tid);
		put_string(row, "comm", w->waker.comm);
		put(row, "wakes", w->waker.wakes);
		json_object_array_add(array, row);
	}
}

static struct json_object *interest_object(const struct snapshot *s, const struct interest_row *i)
{
	struct json_object *row = json_object_new_object();
	char text[128], data[24];

	snprintf(data, sizeof(data), "0x%llx", (unsigned long long)i->key.data);
	put(row, "fd", i->interest.fd);
	put_string(row, "data", data);
	put_string(row, "events", epoll_events_text(i->interest.events, text, sizeof(text)));
	put(row, "registrations", i->interest.shared + 1);
	put_string(row, "kind",
		   file_kinds[i->interest.kind < N_FILE_KINDS ? i->interest.kind : FILE_OTHER]);
	put_interest_counts(row, s, i->interest.v, sees_edges(s, &i->interest),
			    i->interest.pending);
	return row;
}

/* Each epoll instance, and below it those of the busiest interests that are its own. */
static void put_epolls(struct json_object *o, const struct snapshot *s, unsigned top)
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

static void put_unread(struct json_object *o, const struct stall *s)
{
	static const char *const units[] = {"bytes", "packets", "connections"};
	char peer[80];

	put(o, "fd", s->fd);
	put_string(o, "peer", peer_text(s, peer, sizeof(peer)));
	put(o, "unread", s->unread);
	put_string(o, "unit", units[s->unit]);
}

static void put_stall(struct json_object *o, const struct stall *s, __u64 stalled_ns)
{
	put_unread(o, s);
	put(o, "tid", s->tid);
	put(o, "pid", s->tgid);
	put(o, "stalled_ns", stalled_ns);
	put_bool(o, "before", s->before);
}

static void put_stalls(struct json_object *o, const struct snapshot *s, unsigned top)
{
	struct json_object *array = put_array(o, "stalled");

	for (unsigned i = 0; i < rows_kept(s->now.n_stalls, top); i++) {
		const struct stall *stall = &s->now.stalls[i].stall;
		struct json_object *row = json_object_new_object();

		put_stall(row, stall, remainder_of(s->time, stall->since));
		json_object_array_add(array, row);
	}
}

static void put_sockets(struct json_object *o, const struct snapshot *s)
{
	struct json_object *w = put_object(o, "sockets");

	put(w, "established", s->counters[COUNT_ESTABLISHED]);
	put(w, "reads", s->counters[COUNT_SOCKET_READS]);
	put(w, "bytes", s->counters[COUNT_SOCKET_BYTES]);
	put_known(w, "datagrams_arrived", sees(s, SEES_READY),
		  s->counters[COUNT_DATAGRAMS_ARRIVED]);
	put(w, "datagrams_read", s->counters[COUNT_DATAGRAMS_READ]);
}

static void put_signal(struct json_object *o, const struct signal_stats *sig,
		       const struct signal_stats *total)
{
	put(o, "generated", signals_generated(sig));
	put(o, "queued", sig->results[SIGNAL_QUEUED]);
	put(o, "coalesced", sig->results[SIGNAL_COALESCED]);
	put(o, "ignored", sig->results[SIGNAL_IGNORED]);
	put(o, "overflow", sig->results[SIGNAL_OVERFLOW]);
	put(o, "lost_info", sig->results[SIGNAL_LOST_INFO]);
	put(o, "delivered", sig->delivered);
	put(o, "consumed", sig->consumed);
	put(o, "ended", sig->ended);
	put(o, "pending", signals_pending(total));
}

static void put_sources(struct json_object *o, const struct snapshot *s)
{
	struct json_object *array;

	if (!sees(s, SEES_SIGIO_SOURCES)) {
		put_string(o, "sources", NULL);
		return;
	}
	array = put_array(o, "sources");
	for (unsigned i = 0; i < rows_kept(s->now.n_sources, MAX_ROWS); i++) {
		struct json_object *row = json_object_new_object();

		put(row, "pid", s->now.sources[i].key.tgid);
		put(row, "fd", s->now.sources[i].key.fd);
		put(row, "generated", s->now.sources[i].generated);
		json_object_array_add(array, row);
	}
}

static void put_signals(struct json_object *o, const struct snapshot *s,
			const struct snapshot *total)
{
	struct signal_stats sum = snapshot_sigio(s), all = snapshot_sigio(total);
	struct json_object *sigio = put_object(o, "sigio"), *array;
	char buf[32];

	put_signal(sigio, &sum, &all);
	put_sources(sigio, s);
	put_hist(sigio, "latency_ns", &s->latencies[LATENCY_SIGNAL]);
	array = put_array(o, "signals");
	for (int i = 1; i < N_SIGNALS; i++) {
		struct json_object *row;

		if (!signals_generated(&s->signals[i]) && !s->signals[i].delivered)
			continue;
		row = json_object_new_object();
		put_string(row, "signal", signal_name(i, buf, sizeof(buf)));
		put_signal(row, &s->signals[i], &total->signals[i]);
		json_object_array_add(array, row);
	}
}

static void put_flags(struct json_object *o, const char *name, const __u64 counts[N_FLAG_BITS])
{
	struct json_object *flags = put_object(o, name);

	for (unsigned bit = 0; bit < N_FLAG_BITS; bit++)
		if (counts[bit] && flag_name(bit))
			put(flags, flag_name(bit), counts[bit]);
}

static void put_fcntls(struct json_object *o, const struct snapshot *s)
{
	struct json_object *array = put_array(o, "fcntl");
	char buf[32];

	for (unsigned i = 0; i < s->n_fcntls; i++) {
		const struct fcntl_row *row = &s->fcntls[i];
		struct json_object *one = json_object_new_object();

		put_string(one, "call", row->key.is_ioctl ? "ioctl" : "fcntl");
		put_string(one, "cmd", fcntl_name(&row->key, buf, sizeof(buf)));
		put(one, "calls", row->stats.calls);
		put(one, "failed", row->stats.failed);
		json_object_object_add(one, "last_arg", json_object_new_int64(row->stats.last_arg));
		put_flags(one, "on", row->stats.on);
		put_flags(one, "off", row->stats.off);
		json_object_array_add(array, one);
	}
}

static void put_witnesses(struct json_object *o, const struct snapshot *s)
{
	struct json_object *w = put_object(o, "server");

	put(w, "accepts", s->server.accepts);
	put(w, "refused", s->server.refused);
	put(w, "closes", s->server.closes);
	put(w, "messages", s->message_size ? s->server.bytes_in / s->message_size : 0);
	put(w, "reads", s->server.reads);
	put(w, "bytes_in", s->server.bytes_in);
	put(w, "bytes_out", s->server.bytes_out);
	put(w, "urgent", s->server.urgent);
	put(w, "waits", s->server.waits);
	put(w, "eagain", s->server.eagain);
	w = put_object(o, "client");
	put(w, "connections", s->client.connections);
	put(w, "sent", s->client.sent);
	put(w, "messages", s->client.messages);
	put(w, "bytes", s->client.bytes);
	put(w, "urgent", s->client.urgent);
	put(w, "mismatches", s->client.mismatches);
	put(w, "unanswered", s->client.unanswered);
	put_hist(w, "latency_ns", &s->client.latency);
}

static void put_lost(struct json_object *o, const struct snapshot *s)
{
	struct json_object *lost = put_object(o, "lost");

	for (unsigned i = 0; i < N_LOST; i++)
		put(lost, lost_names[i], s->lost[i]);
}

static struct json_object *snapshot_object(const char *type, const struct run_info *info,
					   const struct snapshot *s, const struct snapshot *total,
					   __u64 elapsed_ns)
{
	struct json_object *o = json_object_new_object();

	put_string(o, "type", type);
	put(o, "schema", JSON_SCHEMA);
	put_string(o, "model", info->model);
	put_string(o, "tier", info->tier);
	put(o, "elapsed_ns", elapsed_ns);
	put_syscalls(o, s, total);
	put_wakeups(o, s, total);
	put_interests(o, s, total);
	put_sockets(o, s);
	put_signals(o, s, total);
	put_fcntls(o, s);
	if (s->witnessed)
		put_witnesses(o, s);
	put_lost(o, s);
	return o;
}

static void ndjson_start(FILE *out, const struct run_info *info)
{
	struct json_object *o = json_object_new_object(), *hooks;

	put_string(o, "type", "start");
	put(o, "schema", JSON_SCHEMA);
	put_string(o, "version", WAKELAB_VERSION);
	put_string(o, "command", info->command);
	put_string(o, "model", info->model);
	put_string(o, "target", info->target);
	put_string(o, "load", info->load);
	put_string(o, "kernel", info->kernel);
	put_string(o, "tier", info->tier);
	put(o, "attach_ns", info->attach_ns);
	hooks = put_array(o, "hooks");
	for (unsigned i = 0; info->hooks[i]; i++)
		json_object_array_add(hooks, json_object_new_string(info->hooks[i]));
	put_line(out, o);
}

static void ndjson_interval(FILE *out, const struct run_info *info, const struct snapshot *delta,
			    const struct snapshot *total, __u64 elapsed_ns)
{
	struct json_object *o = snapshot_object("interval", info, delta, total, elapsed_ns);

	put(o, "interval_ns", delta->time);
	put_line(out, o);
}

static void put_reconciliation(struct json_object *o, const struct reconciliation *r)
{
	static const char *const names[N_WITNESSES] = {"server", "client", "kernel"};
	struct json_object *array;

	if (!r->n_rows)
		return;
	put_bool(o, "reconciled", reconciliation_agrees(r));
	array = put_array(o, "witnesses");
	for (unsigned i = 0; i < r->n_rows; i++) {
		struct json_object *row = json_object_new_object();

		put_string(row, "what", r->rows[i].what);
		for (unsigned w = 0; w < N_WITNESSES; w++)
			if (r->rows[i].seen[w])
				put(row, names[w], r->rows[i].count[w]);
		json_object_array_add(array, row);
	}
}

static void put_meaning(struct json_object *o, const struct run_info *info,
			const struct snapshot *total, const struct run_end *end)
{
	char sentences[MEANING_SENTENCES][MEANING_SIZE], seen[VISIBLE_SIZE(MEANING_SIZE)];
	struct json_object *array = put_array(o, "meaning");
	unsigned n = meaning(total, end, sentences);

	for (unsigned i = 0; i < n; i++)
		json_object_array_add(
			array, json_object_new_string(visible(sentences[i], seen, sizeof(seen))));
	put_string(o, "look_at", info->look_at);
}

static void ndjson_summary(FILE *out, const struct run_info *info, const struct snapshot *total,
			   __u64 elapsed_ns, const struct run_end *end)
{
	struct json_object *o = snapshot_object("summary", info, total, total, elapsed_ns);
	unsigned top = info->top_given ? info->top : MAX_ROWS;

	put_threads(o, &total->now, top);
	put_waker_rows(o, &total->now, top);
	put_epolls(o, total, top);
	put_stalls(o, total, top);
	put_bool(o, "completed", end->completed);
	put_reconciliation(o, &end->witnesses);
	put_meaning(o, info, total, end);
	put_line(out, o);
}

static void ndjson_stall(FILE *out, const struct run_info *info, const struct stall_row *row,
			 __u64 stalled_ns, __u64 elapsed_ns)
{
	struct json_object *o = json_object_new_object();

	(void)info;
	put_string(o, "type", "stall");
	put(o, "schema", JSON_SCHEMA);
	put(o, "elapsed_ns", elapsed_ns);
	put_stall(o, &row->stall, stalled_ns);
	put_line(out, o);
}

static struct json_object *sleeper_object(const struct sleeper *s)
{
	struct json_object *row = json_object_new_object(), *args;
	char text[24];

	put(row, "pid", s->pid);
	put(row, "tid", s->tid);
	put_string(row, "comm", s->comm);
	put_string(row, "call", s->call);
	args = put_array(row, "args");
	for (unsigned i = 0; i < SLEEPER_ARGS; i++) {
		snprintf(text, sizeof(text), "0x%llx", (unsigned long long)s->args[i]);
		json_object_array_add(args, json_object_new_string(text));
	}
	return row;
}

static void ndjson_attached(FILE *out, const struct run_info *info, const struct beginning *b,
			    const struct snapshot *total)
{
	struct json_object *o = json_object_new_object(), *array;

	(void)info;
	put_string(o, "type", "attached");
	put(o, "schema", JSON_SCHEMA);
	array = put_array(o, "sleeping");
	for (unsigned i = 0; i < b->n_sleepers; i++)
		json_object_array_add(array, sleeper_object(&b->sleepers[i]));
	array = put_array(o, "unread");
	for (unsigned i = 0; i < b->n_unread; i++) {
		struct json_object *row = json_object_new_object();

		put(row, "pid", b->unread[i].tgid);
		put_unread(row, &b->unread[i]);
		json_object_array_add(array, row);
	}
	put_stalls(o, total, MAX_ROWS);
	put_line(out, o);
}

const struct sink sink_ndjson = {
	.name = "ndjson",
	.help = "one JSON object a line",
	.start = ndjson_start,
	.attached = ndjson_attached,
	.interval = ndjson_interval,
	.stall = ndjson_stall,
	.summary = ndjson_summary,
};
