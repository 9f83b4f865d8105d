// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* NDJSON: system calls, wakes and who made them, sockets, signals, fcntl. */
#include "calls.h"
#include "json.h"
#include "names.h"
#include "ndjson.h"

static void put_errors(struct json_object *o, const struct call_stats *stats)
{
	struct json_object *errors = put_object(o, "errors");
	char buf[32];

	for (unsigned i = 0; i < N_ERRNO_CELLS; i++)
		if (stats->errors[i])
			put(errors, errno_cell_name(i, buf, sizeof(buf)), stats->errors[i]);
}

static void put_call(struct json_object *row, const struct snapshot *s,
		     const struct snapshot *total, unsigned i)
{
	const struct values values = {
		.v = (const __u64 *)&s->stats[i],
		.rest = calls_in_flight(total, i),
	};

	put_string(row, "name", calls[i].name);
	put(row, "calls", s->calls[i]);
	put_errors(row, &s->stats[i]);
	put_counts(put_object(row, "verdicts"), "syscalls.verdicts", KEPT_BY_CALL, &values);
	put_counts(row, "syscalls", KEPT_BY_CALL, &values);
	put_hist(row, "duration_ns", &s->stats[i].duration);
}

void put_syscalls(struct json_object *o, const struct snapshot *s, const struct snapshot *total)
{
	struct json_object *array = put_array(o, "syscalls");

	for (unsigned i = OTHER_CALL; i < n_calls; i++) {
		struct json_object *row;

		if (!s->calls[i] && !calls_returned(&s->stats[i]))
			continue;
		row = json_object_new_object();
		put_call(row, s, total, i);
		json_object_array_add(array, row);
	}
}

void put_others(struct json_object *o, const struct snapshot *s)
{
	o = put_object(o, "other_calls");
	for (unsigned nr = 0; nr < MAX_NR; nr++)
		if (s->others[nr])
			put(o, s->other_names[nr], s->others[nr]);
}

void put_wakeups(struct json_object *o, const struct snapshot *s, const struct snapshot *total)
{
	const struct values values = {
		.v = s->counters,
		.rest = wakes_pending(total),
		.sees = s->sees,
	};
	struct json_object *w;

	put_latencies(put_object(o, "wakeup_ns"), "wakeup_ns", s);
	w = put_object(o, "wakes");
	put_counts(w, "wakes", KEPT_AS_COUNTER, &values);
	put_counts(put_object(w, "from"), "wakes.from", KEPT_AS_COUNTER, &values);
	put_counts(put_object(w, "by"), "wakes.by", KEPT_AS_COUNTER, &values);
}

void put_work(struct json_object *o, const struct snapshot *s)
{
	const struct values values = {.v = s->counters, .sees = s->sees};

	put_counts(put_object(o, "work"), "work", KEPT_AS_COUNTER, &values);
}

void put_polls(struct json_object *o, const struct snapshot *s)
{
	const struct values values = {.v = s->counters, .sees = s->sees};

	o = put_object(o, "polls");
	put_counts(o, "polls", KEPT_AS_COUNTER, &values);
	put_counts(put_object(o, "flags"), "polls.flags", KEPT_AS_COUNTER, &values);
}

void put_service(struct json_object *o, const struct snapshot *s)
{
	put_latency(o, LATENCY_READY_TO_READ, s);
	put_latency(o, LATENCY_BUSY, s);
}

void put_threads(struct json_object *o, const struct details *d, unsigned top)
{
	struct json_object *array = put_array(o, "threads");

	for (unsigned i = 0; i < rows_kept(d->n_threads, top); i++) {
		const struct thread_stats *t = &d->threads[i];
		struct json_object *row = json_object_new_object();

		put(row, "tid", t->key.tid);
		put(row, "pid", t->tgid);
		put_string(row, "comm", t->comm);
		for (unsigned n = 0; n < N_THREAD_COUNTS; n++)
			put(row, count_alone(n), t->v[n]);
		json_object_array_add(array, row);
	}
}

void put_waker_rows(struct json_object *o, const struct details *d, unsigned top)
{
	struct json_object *array = put_array(o, "wakers");

	for (unsigned i = 0; i < rows_kept(d->n_wakers, top); i++) {
		const struct waker_row *w = &d->wakers[i];
		struct json_object *row;

		if (!w->waker.wakes)
			break;
		row = json_object_new_object();
		put_string(row, "context", count_alone(COUNT_FROM_TASK + w->key.context));
		put(row, "tid", w->key.tid);
		put_string(row, "comm", w->waker.comm);
		put(row, "wakes", w->waker.wakes);
		json_object_array_add(array, row);
	}
}

void put_sockets(struct json_object *o, const struct snapshot *s)
{
	const struct values values = {.v = s->counters, .sees = s->sees};

	put_counts(put_object(o, "sockets"), "sockets", KEPT_AS_COUNTER, &values);
}

static void put_signal(struct json_object *o, const struct signal_stats *sig,
		       const struct signal_stats *total)
{
	const struct values values = {.v = (const __u64 *)sig, .rest = signals_pending(total)};

	put_counts(o, "sigio", KEPT_BY_SIGNAL, &values);
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

/* Where the last one of a signal came from; what was delivered was generated before. */
static void put_origin(struct json_object *row, int signal, const struct signal_stats *s)
{
	bool sent = signal_has_sender(s->code);
	char buf[32];

	put_string(row, "code", signal_code_name(signal, s->code, buf, sizeof(buf)));
	put_known(row, "sender", sent, s->sender);
	put_string(row, "sender_comm", sent ? s->comm : NULL);
}

void put_signals(struct json_object *o, const struct snapshot *s, const struct snapshot *total)
{
	struct signal_stats sum = snapshot_sigio(s), all = snapshot_sigio(total);
	struct json_object *sigio = put_object(o, "sigio"), *array;
	char buf[32];

	put_signal(sigio, &sum, &all);
	put_sources(sigio, s);
	put_latencies(sigio, "sigio", s);
	array = put_array(o, "signals");
	for (int i = 1; i < N_SIGNALS; i++) {
		struct json_object *row;

		if (!signals_generated(&s->signals[i]) && !s->signals[i].delivered)
			continue;
		row = json_object_new_object();
		put_string(row, "signal", signal_name(i, buf, sizeof(buf)));
		put_signal(row, &s->signals[i], &total->signals[i]);
		put_origin(row, i, &total->signals[i]);
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

void put_fcntls(struct json_object *o, const struct snapshot *s)
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
