// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What is compared: a row each, as a function of what a run came to. docs/metrics.md defines them.
 */
#include <errno.h>
#include <math.h>

#include "calls.h"
#include "compare.h"
#include "counts.h"
#include "percentile.h"

#define LEAST_SAMPLES 100 /* of a round, for a percentile */

/* Messages are the client's: echoed whole and equal. */
static double for_each_message(const struct outcome *o, __u64 count)
{
	__u64 messages = o->total->client.messages;

	return messages ? (double)count / messages : NAN;
}

/* Whether a row is of the calls whose purpose is to wait: multiplexing and completion waits, and
 * sleeps. */
static bool is_wait(unsigned row)
{
	return calls[row].class == CLASS_MUX || calls[row].class == CLASS_SLEEP ||
	       calls[row].class == CLASS_URING;
}

static __u64 count_waits(const struct snapshot *s)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < n_calls; i++)
		if (is_wait(i))
			sum += calls_returned(&s->stats[i]);
	return sum;
}

static double waits(const struct outcome *o)
{
	__u64 n = count_waits(o->total);

	return n ? for_each_message(o, n) : NAN;
}

static double wait_share(const struct outcome *o, enum verdict one, enum verdict two)
{
	__u64 n = count_waits(o->total), sum = 0;

	for (unsigned i = 0; i < n_calls; i++)
		if (is_wait(i))
			sum += o->total->stats[i].verdicts[one] +
			       (one == two ? 0 : o->total->stats[i].verdicts[two]);
	return n ? 100.0 * sum / n : NAN;
}

static double at_once(const struct outcome *o)
{
	return wait_share(o, VERDICT_READY, VERDICT_READY);
}

static double slept(const struct outcome *o)
{
	return wait_share(o, VERDICT_SLEPT, VERDICT_SLEPT);
}

static double nothing(const struct outcome *o)
{
	return wait_share(o, VERDICT_EMPTY, VERDICT_TIMEOUT);
}

static double failed(const struct outcome *o)
{
	return wait_share(o, VERDICT_INTERRUPTED, VERDICT_ERROR);
}

static double counted(const struct outcome *o, const struct metric *m)
{
	return for_each_message(o, o->total->counters[m->counter]);
}

/* Of the epoll models only. */
static double reported(const struct outcome *o, const struct metric *m)
{
	return o->total->counters[COUNT_REPORTS] ? counted(o, m) : NAN;
}

static double reported_in_all(const struct outcome *o, const struct metric *m)
{
	const __u64 *c = o->total->counters;

	return c[COUNT_REPORTS] ? (double)c[m->counter] : NAN;
}

/* Of those that poll or select. */
static double looked_at(const struct outcome *o, const struct metric *m)
{
	return o->total->counters[COUNT_POLL_LOOKED_AT] ? counted(o, m) : NAN;
}

static double looked_at_each(const struct outcome *o)
{
	const __u64 *c = o->total->counters;

	return c[COUNT_POLL_REPORTED] ? (double)c[COUNT_POLL_LOOKED_AT] / c[COUNT_POLL_REPORTED]
				      : NAN;
}

static __u64 count_reads(const struct snapshot *s, bool empty_only)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < n_calls; i++) {
		if (!kind_gives_bytes(calls[i].kind))
			continue;
		sum += s->stats[i].errors[EAGAIN];
		if (!empty_only)
			sum += calls_succeeded(&s->stats[i]);
	}
	return sum;
}

/* io_uring reads without a call for it. */
static double reads(const struct outcome *o)
{
	__u64 n = count_reads(o->total, false);

	return n ? for_each_message(o, n) : NAN;
}

static double empty_reads(const struct outcome *o)
{
	__u64 n = count_reads(o->total, true);

	return count_reads(o->total, false) ? for_each_message(o, n) : NAN;
}

static double vain_wakes(const struct outcome *o)
{
	const __u64 *c = o->total->counters;

	return for_each_message(o, c[COUNT_WASTED] + c[COUNT_ABSORBED]);
}

static double syscalls(const struct outcome *o)
{
	__u64 sum = 0;

	for (unsigned i = OTHER_CALL; i < n_calls; i++)
		sum += calls_returned(&o->total->stats[i]);
	return for_each_message(o, sum);
}

/* While messages went: the start of the server, its end and idle connections are apart. */
static double cpu_time(const struct outcome *o)
{
	__u64 messages = o->end.messages - o->begin.messages;

	if (!o->end.time || !messages || o->end.cpu_ns <= o->begin.cpu_ns)
		return NAN;
	return (double)(o->end.cpu_ns - o->begin.cpu_ns) / messages;
}

static double rate(const struct outcome *o)
{
	if (!o->end.time || o->end.time <= o->begin.time)
		return NAN;
	return (o->end.messages - o->begin.messages) * 1e9 / (o->end.time - o->begin.time);
}

/* Of a few, a percentile is chance. */
static double percentile(const struct hist *h, double p)
{
	uint64_t ns;

	if (h->count < LEAST_SAMPLES)
		return NAN;
	return hist_percentile(h, p, &ns) ? (double)ns : NAN;
}

static double measured(const struct outcome *o, const struct metric *m)
{
	return percentile(&o->total->latencies[m->latency], m->p);
}

static double round_trip(const struct outcome *o, const struct metric *m)
{
	return percentile(&o->total->client.latency, m->p);
}

#define EACH  .group = "per message"
#define READY .group = "per descriptor reported", .unit = UNIT_RATIO
#define WAITS .group = "share of the waits", .unit = UNIT_SHARE
#define TIME  .group = "time and rate"
#define ALL   .group = "whole run"

const struct metric metrics[] = {
	{.key = "waits",
	 EACH,
	 .title = "waits",
	 .value = waits,
	 .sentence = SAY_COUNT,
	 .verb = "made",
	 .noun = "waits per message"},
	{EACH, .title = "epoll reports", .of = reported, .counter = COUNT_REPORTS,
	 .sentence = SAY_TOLD, .noun = "reports per message"},
	{EACH, .title = "  of a new edge", .of = reported, .counter = COUNT_FRESH},
	{EACH, .title = "  of the same level", .of = reported, .counter = COUNT_REREPORTS},
	{EACH, .title = "descriptors looked at", .of = looked_at, .counter = COUNT_POLL_LOOKED_AT},
	{EACH, .title = "  of which reported", .of = looked_at, .counter = COUNT_POLL_REPORTED},
	{.key = "reads",
	 EACH,
	 .title = "reads",
	 .value = reads,
	 .sentence = SAY_COUNT,
	 .verb = "made",
	 .noun = "reads per message"},
	{.key = "eagain",
	 EACH,
	 .title = "  that found nothing",
	 .value = empty_reads,
	 .sentence = SAY_COUNT,
	 .verb = "made",
	 .noun = "reads per message that found nothing"},
	{EACH, .title = "wakes", .of = counted, .counter = COUNT_WAKES},
	{.counter = COUNT_WASTED,
	 EACH,
	 .title = "  for nothing",
	 .value = vain_wakes,
	 .sentence = SAY_COUNT,
	 .verb = "had",
	 .noun = "wakes for nothing per message"},
	{.key = "syscalls",
	 EACH,
	 .title = "system calls, total",
	 .value = syscalls,
	 .sentence = SAY_COUNT,
	 .verb = "made",
	 .noun = "system calls per message"},
	{.key = "cpu_ns",
	 EACH,
	 .title = "CPU time of the server",
	 .unit = UNIT_NS,
	 .value = cpu_time,
	 .sentence = SAY_TIME,
	 .noun = "CPU time per message",
	 .reassures = true},
	{.key = "looked_at_each",
	 READY,
	 .title = "looked at",
	 .value = looked_at_each,
	 .sentence = SAY_COUNT,
	 .verb = "looked at",
	 .noun = "descriptors for each one reported"},
	{.key = "at_once", WAITS, .title = "result at once", .value = at_once},
	{.key = "slept", WAITS, .title = "result after sleep", .value = slept},
	{.key = "nothing", WAITS, .title = "no result", .value = nothing},
	{.key = "failed", WAITS, .title = "signal or error", .value = failed},
	{.key = "wakeup_p50_ns",
	 TIME,
	 .title = "wakeup p50",
	 .unit = UNIT_NS,
	 .of = measured,
	 .latency = LATENCY_WAKING_TO_RETURN,
	 .p = 0.5,
	 .sentence = SAY_TIME,
	 .noun = "wakeup latency (p50)"},
	{.key = "wakeup_p99_ns",
	 TIME,
	 .title = "wakeup p99",
	 .unit = UNIT_NS,
	 .of = measured,
	 .latency = LATENCY_WAKING_TO_RETURN,
	 .p = 0.99},
	{.key = "service_p50_ns",
	 TIME,
	 .title = "service p50",
	 .unit = UNIT_NS,
	 .of = measured,
	 .latency = LATENCY_READY_TO_READ,
	 .p = 0.5,
	 .sentence = SAY_TIME,
	 .noun = "service latency (p50)",
	 .reassures = true},
	{.key = "service_p99_ns",
	 TIME,
	 .title = "service p99",
	 .unit = UNIT_NS,
	 .of = measured,
	 .latency = LATENCY_READY_TO_READ,
	 .p = 0.99},
	{.key = "round_trip_p50_ns",
	 TIME,
	 .title = "round trip p50",
	 .unit = UNIT_NS,
	 .of = round_trip,
	 .p = 0.5,
	 .sentence = SAY_TIME,
	 .noun = "round trip (p50)"},
	{.key = "round_trip_p99_ns",
	 TIME,
	 .title = "round trip p99",
	 .unit = UNIT_NS,
	 .of = round_trip,
	 .p = 0.99},
	{.key = "messages_per_second",
	 TIME,
	 .title = "messages per second",
	 .unit = UNIT_RATE,
	 .value = rate,
	 .sentence = SAY_COUNT,
	 .verb = "echoed",
	 .noun = "messages per second"},
	{ALL, .title = "stalls", .unit = UNIT_COUNT, .of = reported_in_all, .counter = COUNT_STALLS,
	 .sentence = SAY_COUNT, .verb = "had", .noun = "stalls"},
};
const unsigned n_metrics = sizeof(metrics) / sizeof(metrics[0]);

_Static_assert(sizeof(metrics) / sizeof(metrics[0]) <= MAX_METRICS, "more than a comparison holds");

const char *metric_key(const struct metric *m)
{
	return m->key ? m->key : count_alone(m->counter);
}

double metric_value(const struct metric *m, const struct outcome *o)
{
	return m->value ? m->value(o) : m->of(o, m);
}
