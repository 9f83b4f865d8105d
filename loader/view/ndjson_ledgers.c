// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* NDJSON: system calls, wakes and who made them, sockets, signals, fcntl. */
#include "calls.h"
#include "json.h"
#include "names.h"
#include "ndjson.h"

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

void put_syscalls(struct json_object *o, const struct snapshot *s, const struct snapshot *total)
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

void put_wakeups(struct json_object *o, const struct snapshot *s, const struct snapshot *total)
{
	const __u64 *c = s->counters;
	struct json_object *w = put_object(o, "wakeup_ns");

	put_known_hist(w, "ready_to_waking", sees(s, SEES_READY),
		       &s->latencies[LATENCY_READY_TO_WAKING]);
	put_hist(w, "waking_to_oncpu", &s->latencies[LATENCY_WAKING_TO_ONCPU]);
	put_hist(w, "oncpu_to_return", &s->latencies[LATENCY_ONCPU_TO_RETURN]);
	put_hist(w, "waking_to_return", &s->latencies[LATENCY_WAKING_TO_RETURN]);
	w = put_object(o, "wakes");
	put(w, "total", c[COUNT_WAKES]);
	put(w, "early", c[COUNT_EARLY]);
	put(w, "absorbed", c[COUNT_ABSORBED]);
	put(w, "returned", c[COUNT_RETURNED]);
	put(w, "useful", c[COUNT_USEFUL]);
	put(w, "handed", c[COUNT_HANDED]);
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
}

void put_work(struct json_object *o, const struct snapshot *s)
{
	struct json_object *w = put_object(o, "work");
	const __u64 *c = s->counters;

	put(w, "returns", c[COUNT_WORK_RETURNS]);
	put(w, "events", c[COUNT_WORK_EVENTS]);
	put(w, "calls", c[COUNT_WORK_CALLS]);
	put(w, "bytes", c[COUNT_WORK_BYTES]);
	put(w, "eagain", c[COUNT_WORK_EAGAIN]);
}

void put_service(struct json_object *o, const struct snapshot *s)
{
	put_known_hist(o, "service_ns", sees(s, SEES_READY), &s->latencies[LATENCY_READY_TO_READ]);
}

void put_threads(struct json_object *o, const struct details *d, unsigned top)
{
	static const char *const names[N_THREAD_COUNTS] = {
		[COUNT_WAKES] = "wakes",       [COUNT_EARLY] = "early",
		[COUNT_ABSORBED] = "absorbed", [COUNT_RETURNED] = "returned",
		[COUNT_USEFUL] = "useful",     [COUNT_HANDED] = "handed",
		[COUNT_WASTED] = "wasted",     [COUNT_TIMED] = "timed",
		[COUNT_SLEEPS] = "sleeps",     [COUNT_UNSEEN] = "unseen",
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

void put_waker_rows(struct json_object *o, const struct details *d, unsigned top)
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

void put_sockets(struct json_object *o, const struct snapshot *s)
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

void put_signals(struct json_object *o, const struct snapshot *s, const struct snapshot *total)
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
