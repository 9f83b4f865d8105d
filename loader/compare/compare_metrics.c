// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What is compared: a row each, as a function of what a run came to. docs/metrics.md defines them.
 */
#include <errno.h>
#include <math.h>

#include "calls.h"
#include "compare.h"
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

/* Of the epoll models only. */
static double reports_of(const struct outcome *o, enum counter counter)
{
	const __u64 *c = o->total->counters;

	return c[COUNT_REPORTS] ? for_each_message(o, c[counter]) : NAN;
}

static double reports(const struct outcome *o)
{
	return reports_of(o, COUNT_REPORTS);
}

static double fresh(const struct outcome *o)
{
	return reports_of(o, COUNT_FRESH);
}

static double rereports(const struct outcome *o)
{
	return reports_of(o, COUNT_REREPORTS);
}

static double stalls(const struct outcome *o)
{
	const __u64 *c = o->total->counters;

	return c[COUNT_REPORTS] ? (double)c[COUNT_STALLS] : NAN;
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

static double wakes(const struct outcome *o)
{
	return for_each_message(o, o->total->counters[COUNT_WAKES]);
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

static double wakeup_p50(const struct outcome *o)
{
	return percentile(&o->total->latencies[LATENCY_WAKING_TO_RETURN], 0.5);
}

static double wakeup_p99(const struct outcome *o)
{
	return percentile(&o->total->latencies[LATENCY_WAKING_TO_RETURN], 0.99);
}

static double service_p50(const struct outcome *o)
{
	return percentile(&o->total->latencies[LATENCY_READY_TO_READ], 0.5);
}

static double service_p99(const struct outcome *o)
{
	return percentile(&o->total->latencies[LATENCY_READY_TO_READ], 0.99);
}

static double round_trip_p50(const struct outcome *o)
{
	return percentile(&o->total->client.latency, 0.5);
}

static double round_trip_p99(const struct outcome *o)
{
	return percentile(&o->total->client.latency, 0.99);
}

#define EACH  "for each message"
#define WAITS "of the waits"
#define TIME  "in time"
#define ALL   "in the whole run"

const struct metric metrics[] = {
	{"waits", EACH, "waits", UNIT_EACH, waits, SAY_COUNT, "made", "waits a message", false},
	{"reports", EACH, "reports by epoll", UNIT_EACH, reports, SAY_TOLD, NULL,
	 "reports a message", false},
	{"fresh", EACH, "  of a new edge", UNIT_EACH, fresh, SAY_NOTHING, NULL, NULL, false},
	{"rereports", EACH, "  of the same level", UNIT_EACH, rereports, SAY_NOTHING, NULL, NULL,
	 false},
	{"reads", EACH, "reads", UNIT_EACH, reads, SAY_COUNT, "made", "reads a message", false},
	{"eagain", EACH, "  that found nothing", UNIT_EACH, empty_reads, SAY_COUNT, "made",
	 "reads a message that found nothing", false},
	{"wakes", EACH, "wakes", UNIT_EACH, wakes, SAY_NOTHING, NULL, NULL, false},
	{"wasted", EACH, "  for nothing", UNIT_EACH, vain_wakes, SAY_COUNT, "had",
	 "wakes for nothing a message", false},
	{"syscalls", EACH, "system calls in all", UNIT_EACH, syscalls, SAY_COUNT, "made",
	 "system calls a message", false},
	{"cpu_ns", EACH, "CPU time of the server", UNIT_NS, cpu_time, SAY_TIME, NULL,
	 "CPU time a message", true},
	{"at_once", WAITS, "answered at once", UNIT_SHARE, at_once, SAY_NOTHING, NULL, NULL, false},
	{"slept", WAITS, "slept, then answered", UNIT_SHARE, slept, SAY_NOTHING, NULL, NULL, false},
	{"nothing", WAITS, "without an answer", UNIT_SHARE, nothing, SAY_NOTHING, NULL, NULL,
	 false},
	{"failed", WAITS, "a signal or an error", UNIT_SHARE, failed, SAY_NOTHING, NULL, NULL,
	 false},
	{"wakeup_p50_ns", TIME, "wakeup p50", UNIT_NS, wakeup_p50, SAY_TIME, NULL,
	 "wakeup latency (p50)", false},
	{"wakeup_p99_ns", TIME, "wakeup p99", UNIT_NS, wakeup_p99, SAY_NOTHING, NULL, NULL, false},
	{"service_p50_ns", TIME, "service p50", UNIT_NS, service_p50, SAY_TIME, NULL,
	 "service latency (p50)", true},
	{"service_p99_ns", TIME, "service p99", UNIT_NS, service_p99, SAY_NOTHING, NULL, NULL,
	 false},
	{"round_trip_p50_ns", TIME, "round trip p50", UNIT_NS, round_trip_p50, SAY_TIME, NULL,
	 "round trip (p50)", false},
	{"round_trip_p99_ns", TIME, "round trip p99", UNIT_NS, round_trip_p99, SAY_NOTHING, NULL,
	 NULL, false},
	{"messages_per_second", TIME, "messages a second", UNIT_RATE, rate, SAY_COUNT, "echoed",
	 "messages a second", false},
	{"stalls", ALL, "stalls", UNIT_COUNT, stalls, SAY_COUNT, "had", "stalls", false},
};
const unsigned n_metrics = sizeof(metrics) / sizeof(metrics[0]);

_Static_assert(sizeof(metrics) / sizeof(metrics[0]) <= MAX_METRICS, "more than a comparison holds");
