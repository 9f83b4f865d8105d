// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The lines below the calls: wakes, interests, signals, and what else was counted. */
#include "calls.h"
#include "format.h"
#include "names.h"
#include "plural.h"
#include "table.h"

#define SOURCES_SHOWN 3

/* A number of a line: a rate in an interval (of ns), a count in the summary (ns 0). */
static const char *how_many(__u64 n, __u64 ns)
{
	return ns ? format_rate(n, ns) : format_count(n);
}

static void print_stage(struct layout *l, const struct snapshot *s, enum latency stage)
{
	const struct hist *h = &s->latencies[stage];

	lay(l, "%s %s (%s)", latency_rows[stage].label, format_percentile(h, 0.5),
	    format_count(h->count));
}

static void print_wakeups(struct layout *l, const struct snapshot *s, __u64 ns)
{
	const struct hist *all = &s->latencies[LATENCY_WAKING_TO_RETURN];

	if (!all->count)
		return;
	lay(l, " wakeup          %9s   " HANG "from wake to return: p50 %s  p99 %s  max %s\n",
	    how_many(all->count, ns), format_percentile(all, 0.5), format_percentile(all, 0.99),
	    format_ns(all->max));
	lay(l, "    stages: p50 (count) " HANG);
	if (sees(s, SEES_READY)) {
		print_stage(l, s, LATENCY_READY_TO_WAKING);
		lay(l, " · ");
	}
	print_stage(l, s, LATENCY_WAKING_TO_ONCPU);
	lay(l, " · ");
	print_stage(l, s, LATENCY_ONCPU_TO_RETURN);
	lay(l, "\n");
}

/* A count on a line with others. */
struct shown {
	enum counter counter;
	bool seldom; /* only where there are any */
};

static void print_wakes(struct layout *l, const struct snapshot *s, __u64 ns)
{
	static const struct shown others[] = {
		{COUNT_HANDED, true},    {COUNT_WASTED, false}, {COUNT_TIMED, false},
		{COUNT_ABSORBED, false}, {COUNT_EARLY, false},  {COUNT_UNSEEN, true},
	};
	const __u64 *c = s->counters;

	if (!c[COUNT_WAKES])
		return;
	lay(l, " wakes           %9s   " HANG "%s %s (%s)", how_many(c[COUNT_WAKES], ns),
	    count_label(COUNT_USEFUL), how_many(c[COUNT_USEFUL], ns),
	    format_share(c[COUNT_USEFUL], c[COUNT_RETURNED]));
	for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (c[others[i].counter] || !others[i].seldom)
			lay(l, " · %s %s", count_label(others[i].counter),
			    how_many(c[others[i].counter], ns));
	lay(l, "\n");
}

/* Who asked for the threads to run: what was ready in an interrupt, or a task. */
static void print_wakers(struct layout *l, const struct snapshot *s)
{
	static const struct shown from[] = {
		{COUNT_FROM_SOFTIRQ, false},
		{COUNT_FROM_HARDIRQ, false},
		{COUNT_FROM_TASK, false},
		{COUNT_FROM_UNKNOWN, true},
	};
	const __u64 *c = s->counters;

	if (!c[COUNT_WAKES])
		return;
	lay(l, "    woken by " HANG);
	for (unsigned i = 0; i < sizeof(from) / sizeof(from[0]); i++)
		if (c[from[i].counter] || !from[i].seldom)
			lay(l, "%s%s %s", i ? " · " : "", count_label(from[i].counter),
			    format_share(c[from[i].counter], c[COUNT_WAKES]));
	lay(l, "\n");
}

static void print_work(struct layout *l, const struct snapshot *s)
{
	const __u64 *c = s->counters;

	if (200 * (c[COUNT_WORK_EVENTS] + c[COUNT_WORK_CALLS]) <= c[COUNT_WORK_RETURNS])
		return; /* 0.00 of each, as of io_uring */
	lay(l,
	    " per wait        %9s   " HANG
	    "led to %s events · %s calls · %s bytes read · %s EAGAIN\n",
	    "", format_ratio(c[COUNT_WORK_EVENTS], c[COUNT_WORK_RETURNS]),
	    format_ratio(c[COUNT_WORK_CALLS], c[COUNT_WORK_RETURNS]),
	    format_ratio(c[COUNT_WORK_BYTES], c[COUNT_WORK_RETURNS]),
	    format_ratio(c[COUNT_WORK_EAGAIN], c[COUNT_WORK_RETURNS]));
}

static void print_interests(struct layout *l, const struct snapshot *s, __u64 ns)
{
	const __u64 *c = s->counters;

	if (!c[COUNT_REPORTS])
		return;
	lay(l, " epoll reports   %9s   " HANG "%s %s (new edge) · %s %s (same level)",
	    how_many(c[COUNT_REPORTS], ns), count_label(COUNT_FRESH),
	    format_share(c[COUNT_FRESH], c[COUNT_REPORTS]), count_label(COUNT_REREPORTS),
	    format_share(c[COUNT_REREPORTS], c[COUNT_REPORTS]));
	if (c[COUNT_UNKNOWN] + c[COUNT_AMBIGUOUS])
		lay(l, " · unclear %s", how_many(c[COUNT_UNKNOWN] + c[COUNT_AMBIGUOUS], ns));
	lay(l, "\n");
}

/* What was reported, by flag. In an interval only where it is not the usual: data to read. */
static void print_flags(struct layout *l, const struct snapshot *s, __u64 ns, const char *in,
			enum counter usual)
{
	const struct count_row *flags[MAX_FIELDS];
	unsigned n = count_fields(in, flags), shown = 0;
	const __u64 *c = s->counters;
	bool any = false, all = !ns;

	for (unsigned i = 0; i < n; i++) {
		any |= c[flags[i]->at];
		all |= flags[i]->at != usual && c[flags[i]->at];
	}
	if (!any || !all)
		return;
	lay(l, "    flags " HANG);
	for (unsigned i = 0; i < n; i++)
		if (c[flags[i]->at])
			lay(l, "%s%s %s", shown++ ? " · " : "", flags[i]->name,
			    how_many(c[flags[i]->at], ns));
	lay(l, "\n");
}

static __u64 calls_of_kind(const struct snapshot *s, unsigned kind)
{
	__u64 n = 0;

	for (unsigned i = 0; i < n_calls; i++)
		if (calls[i].kind == kind)
			n += calls_succeeded(&s->stats[i]);
	return n;
}

/* Waits that look at all that they are given. */
static void print_polls(struct layout *l, const struct snapshot *s, __u64 ns)
{
	const __u64 *c = s->counters;
	__u64 polls = calls_of_kind(s, KIND_POLL), selects = calls_of_kind(s, KIND_SELECT);

	if (!c[COUNT_POLL_LOOKED_AT])
		return;
	lay(l, " poll, select    %9s   " HANG "%s %s descriptor%s%s, %s per wait · %s %s\n",
	    how_many(polls + selects, ns), count_label(COUNT_POLL_LOOKED_AT),
	    how_many(c[COUNT_POLL_LOOKED_AT], ns), plural(c[COUNT_POLL_LOOKED_AT]),
	    selects ? " (select: all numbers below nfds)" : "",
	    format_ratio(c[COUNT_POLL_LOOKED_AT], polls + selects),
	    count_label(COUNT_POLL_REPORTED),
	    format_share(c[COUNT_POLL_REPORTED], c[COUNT_POLL_LOOKED_AT]));
	print_flags(l, s, ns, "polls.flags", COUNT_POLL_IN);
}

static void print_oneshots(struct layout *l, const struct snapshot *s, __u64 ns)
{
	const __u64 *c = s->counters;

	if (c[COUNT_DISARMED])
		lay(l, " one-shot        %9s   " HANG "disarmed by a report · %s re-armed\n",
		    how_many(c[COUNT_DISARMED], ns), how_many(c[COUNT_REARMED], ns));
}

/* "48 bytes unread, 3 connections waiting": of each unit that there is something of. */
static void print_unread(struct layout *l, const __u64 unread[N_UNREAD])
{
	struct stall sum = {0};
	bool any = false;
	char text[48];

	for (unsigned unit = 0; unit < N_UNREAD; unit++) {
		sum.unit = unit;
		sum.unread = unread[unit];
		if (sum.unread)
			lay(l, "%s%s", any ? ", " : "", unread_text(&sum, text, sizeof(text)));
		any |= sum.unread;
	}
}

static void print_stalls(struct layout *l, const struct snapshot *s)
{
	if (!s->counters[COUNT_STALLS] && !s->now.n_stalls)
		return;
	lay(l, " %sstalls          %9s   " HANG "of %s or longer (--stall-ms) · %s in total",
	    paint(l, RED), format_count(s->counters[COUNT_STALLS]), format_ns(s->stall_ns),
	    format_ns(s->stalled_ns));
	if (s->now.n_stalls) {
		lay(l, " · %u now: ", s->now.n_stalls);
		print_unread(l, s->stalled_left);
	}
	lay(l, "%s\n", paint(l, PLAIN));
}

/* How long it lay about, until somebody read it or more came; and how much it was. */
static void print_left(struct layout *l, const struct snapshot *s, __u64 ns)
{
	const struct hist *h = &s->left;
	char text[48];

	if (!s->counters[COUNT_LEFT])
		return;
	lay(l, " left unread     %9s   " HANG, how_many(s->counters[COUNT_LEFT], ns));
	if (h->count)
		lay(l, "duration: p50 %s  p99 %s  max %s · ", format_percentile(h, 0.5),
		    format_percentile(h, 0.99), format_ns(h->max));
	lay(l, "most: ");
	print_unread(l, s->left_largest);
	lay(l, " · latest: %s\n", unread_text(&s->left_last, text, sizeof(text)));
}

static void print_service(struct layout *l, const struct snapshot *s, __u64 ns)
{
	const struct hist *h = &s->latencies[LATENCY_READY_TO_READ];

	if (!h->count)
		return;
	lay(l,
	    " service         %9s   " HANG
	    "from data ready to first read: p50 %s  p99 %s  max %s\n",
	    how_many(h->count, ns), format_percentile(h, 0.5), format_percentile(h, 0.99),
	    format_ns(h->max));
}

static void print_sigio(struct layout *l, const struct snapshot *s, __u64 ns)
{
	static const enum signal_result shown[] = {SIGNAL_QUEUED, SIGNAL_COALESCED, SIGNAL_OVERFLOW,
						   SIGNAL_IGNORED};
	struct signal_stats sig = snapshot_sigio(s);
	const struct hist *h = &s->latencies[LATENCY_SIGNAL];

	if (!signals_generated(&sig))
		return;
	lay(l, " I/O signals     %9s   " HANG, how_many(signals_generated(&sig), ns));
	for (unsigned i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		lay(l, "%s%s %s", i ? " · " : "", count_row(KEPT_BY_SIGNAL, shown[i])->name,
		    how_many(sig.results[shown[i]], ns));
	lay(l, "\n");
	if (h->count)
		lay(l, " to handler      %9s   " HANG "p50 %s  p99 %s  max %s\n",
		    how_many(h->count, ns), format_percentile(h, 0.5), format_percentile(h, 0.99),
		    format_ns(h->max));
	if (s->counters[COUNT_DATAGRAMS_ARRIVED])
		lay(l, " datagrams       %9s   " HANG "arrived · %s read\n",
		    how_many(s->counters[COUNT_DATAGRAMS_ARRIVED], ns),
		    how_many(s->counters[COUNT_DATAGRAMS_READ], ns));
}

/* Which descriptors raised them: those that did most. */
static void print_sources(struct layout *l, const struct snapshot *s)
{
	unsigned n = rows_kept(s->now.n_sources, SOURCES_SHOWN);

	if (!n)
		return;
	lay(l, "    raised by " HANG);
	for (unsigned i = 0; i < n; i++)
		lay(l, "%sfd %u: %s", i ? " · " : "", s->now.sources[i].key.fd,
		    format_count(s->now.sources[i].generated));
	if (s->now.n_sources > n)
		lay(l, " · %u more", s->now.n_sources - n);
	lay(l, "\n");
}

static void print_client(struct layout *l, const struct snapshot *s, __u64 ns)
{
	const struct hist *h = &s->client.latency;

	if (!s->witnessed)
		return;
	lay(l,
	    " client          %9s   " HANG
	    "echoes · %s corrupted │ round trip p50 %s  p99 %s  max %s\n",
	    how_many(s->client.messages, ns), how_many(s->client.mismatches, ns),
	    format_percentile(h, 0.5), format_percentile(h, 0.99),
	    h->count ? format_ns(h->max) : "-");
}

static void print_lost(struct layout *l, const struct snapshot *s)
{
	const struct count_row *rows[MAX_FIELDS];
	unsigned n, shown = 0;

	if (!snapshot_lost(s)) {
		lay(l, " lost events 0\n");
		return;
	}
	lay(l, " %slost events %s: " HANG, paint(l, RED), format_count(snapshot_lost(s)));
	n = count_fields("lost", rows);
	for (unsigned i = 0; i < n; i++)
		if (s->lost[rows[i]->at])
			lay(l, "%s%s %s", shown++ ? " · " : "", rows[i]->name,
			    format_count(s->lost[rows[i]->at]));
	lay(l, "%s\n", paint(l, PLAIN));
}

void table_ledgers(struct layout *l, const struct snapshot *s, __u64 ns)
{
	print_wakeups(l, s, ns);
	print_wakes(l, s, ns);
	if (!ns)
		print_wakers(l, s);
	print_interests(l, s, ns);
	print_flags(l, s, ns, "interests.flags", COUNT_REPORT_IN);
	print_oneshots(l, s, ns);
	print_polls(l, s, ns);
	print_stalls(l, s);
	print_left(l, s, ns);
	print_work(l, s);
	print_service(l, s, ns);
	print_sigio(l, s, ns);
	if (!ns) /* they are counted since the start */
		print_sources(l, s);
	print_client(l, s, ns);
	if (!ns || snapshot_lost(s))
		print_lost(l, s);
}

/* What a row of the fcntl ledger did to flags. */
static void print_bits(struct layout *l, const struct fcntl_stats *stats)
{
	const char *mark = "";

	for (unsigned bit = 0; bit < N_FLAG_BITS; bit++) {
		const __u64 counts[] = {stats->on[bit], stats->off[bit]};

		for (unsigned i = 0; flag_name(bit) && i < 2; i++) {
			if (!counts[i])
				continue;
			lay(l, "%s%s %s %s", mark, flag_name(bit), i ? "off" : "on",
			    format_count(counts[i]));
			mark = " · ";
		}
	}
	if (stats->failed)
		lay(l, "%sfailed %s", mark, format_count(stats->failed));
}

void table_fcntls(struct layout *l, const struct snapshot *s)
{
	char name[32];

	for (unsigned i = 0; i < s->n_fcntls; i++) {
		const struct fcntl_row *row = &s->fcntls[i];

		lay(l, " %-15s %9s   " HANG, fcntl_name(&row->key, name, sizeof(name)),
		    format_count(row->stats.calls));
		print_bits(l, &row->stats);
		lay(l, "\n");
	}
}
