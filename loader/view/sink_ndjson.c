// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* One JSON object a line, for scripts. The names are those of docs/metrics.md; "schema" changes
 * when they do. */
#include "event_json.h"
#include "event_table.h"
#include "json.h"
#include "ndjson.h"

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
	const struct values values = {.v = s->lost};

	put_counts(put_object(o, "lost"), "lost", KEPT_AS_LOST, &values);
}

/* What is null where it is not watched. */
static const char *const wake_fields[] = {"wakeup_ns", "wakes", NULL};
static const char *const wake_rows[] = {"threads", "wakers", NULL};
static const char *const interest_fields[] = {"service_ns", "busy_ns", "interests", "left_largest",
					      "left_last",  "left_ns", "sockets",   NULL};
static const char *const interest_rows[] = {"epolls", "stalled", "listeners", NULL};
static const char *const stall_rows[] = {"stalled", NULL};
static const char *const signal_fields[] = {"sigio", "signals", NULL};

/* Whether these fields are there to be filled in; if not, they are null. */
static bool watched(struct json_object *o, const struct snapshot *s, unsigned what,
		    const char *const names[])
{
	for (unsigned i = 0; !sees(s, what) && names[i]; i++)
		put_string(o, names[i], NULL);
	return sees(s, what);
}

static struct json_object *snapshot_object(const char *type, const struct run_info *info,
					   const struct snapshot *s, const struct snapshot *total,
					   __u64 elapsed_ns)
{
	struct json_object *o = new_line(type);

	put_string(o, "model", info->model);
	put_string(o, "tier", info->tier);
	put(o, "elapsed_ns", elapsed_ns);
	put_syscalls(o, s, total);
	put_others(o, s);
	if (watched(o, s, SEES_WAKES, wake_fields))
		put_wakeups(o, s, total);
	put_work(o, s);
	put_polls(o, s);
	if (watched(o, s, SEES_INTERESTS, interest_fields)) {
		put_service(o, s);
		put_interests(o, s, total);
		put_left(o, s);
		put_sockets(o, s);
	}
	if (watched(o, s, SEES_SIGNALS, signal_fields))
		put_signals(o, s, total);
	put_fcntls(o, s);
	if (s->witnessed)
		put_witnesses(o, s);
	put_lost(o, s);
	return o;
}

static void ndjson_start(FILE *out, const struct run_info *info)
{
	struct json_object *o = new_line("start"), *hooks;

	put_string(o, "version", info->version);
	put_string(o, "command", info->command);
	put_string(o, "model", info->model);
	put_string(o, "target", info->target);
	put_string(o, "load", info->load);
	put_string(o, "kernel", info->kernel);
	put_string(o, "tier", info->tier);
	put(o, "attach_ns", info->attach_ns);
	hooks = put_array(o, "watched");
	json_object_array_add(hooks, json_object_new_string("counts"));
	for (unsigned i = 0; i < N_WATCHED; i++)
		if (info->sees & watched_parts[i].sees)
			json_object_array_add(hooks, json_object_new_string(watched_parts[i].name));
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

/* How many events there were, by kind; null where they were not asked for. */
static void put_events(struct json_object *o, const struct event_counts *e)
{
	struct json_object *all;

	if (!e->told) {
		put_string(o, "events", NULL);
		return;
	}
	all = put_object(o, "events");
	for (unsigned kind = 0; kind < N_EVENTS; kind++) {
		struct json_object *of = put_object(all, event_rows[kind].name);

		put(of, "happened", e->tally.happened[kind]);
		put(of, "shown", e->shown[kind]);
		put(of, "dropped", e->tally.dropped[kind]);
	}
}

static void ndjson_event(FILE *out, const struct run_info *info, const struct event_head *head)
{
	event_json(out, head, info->wall_ns);
}

static void ndjson_summary(FILE *out, const struct run_info *info, const struct snapshot *total,
			   __u64 elapsed_ns, const struct run_end *end)
{
	struct json_object *o = snapshot_object("summary", info, total, total, elapsed_ns);
	unsigned top = info->top_given ? info->top : MAX_ROWS;

	if (watched(o, total, SEES_WAKES, wake_rows)) {
		put_threads(o, &total->now, top);
		put_waker_rows(o, &total->now, top);
	}
	if (watched(o, total, SEES_INTERESTS, interest_rows)) {
		put_epolls(o, total, top);
		put_stalls(o, total, top);
		put_listeners(o, total, end->before, top);
	}
	put_evidence(o, &total->now);
	put_self(o, &total->self);
	put_bool(o, "completed", end->completed);
	put_reconciliation(o, &end->witnesses);
	put_events(o, &end->events);
	put_findings(o, total, end);
	put_string(o, "look_at", info->look_at);
	put_line(out, o);
}

static void ndjson_stall(FILE *out, const struct run_info *info, const struct stall_row *row,
			 __u64 stalled_ns, __u64 elapsed_ns)
{
	struct json_object *o = new_line("stall");

	(void)info;
	put(o, "elapsed_ns", elapsed_ns);
	put_stall(o, &row->stall, stalled_ns);
	put_line(out, o);
}

static void ndjson_finding(FILE *out, const struct run_info *info, const struct finding *finding,
			   __u64 elapsed_ns)
{
	struct json_object *o = new_line("finding");

	(void)info;
	put(o, "elapsed_ns", elapsed_ns);
	put_finding(o, finding);
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
	struct json_object *o = new_line("attached"), *array;

	(void)info;
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
	if (watched(o, total, SEES_INTERESTS, stall_rows))
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
	.finding = ndjson_finding,
	.event = ndjson_event,
	.summary = ndjson_summary,
};
