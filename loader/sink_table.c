// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The screen: a table each interval, within 100 columns. */
#include <string.h>

#include "calls.h"
#include "format.h"
#include "table.h"

#define ERRORS_WIDTH  17
#define SOURCES_SHOWN 3

static void table_start(FILE *out, const struct run_info *info)
{
	char target[VISIBLE_SIZE(sizeof(info->target))];

	visible(info->target, target, sizeof(target));
	fprintf(out, "%swakelab %s %s%s", paint(info, BOLD), info->command,
		info->model ? info->model : target, paint(info, PLAIN));
	if (info->model)
		fprintf(out, " · %s", target);
	if (*info->load)
		fprintf(out, " · %s", info->load);
	fprintf(out, "\n%sLinux %s, %s tier, attached in %s · Ctrl-C ends\n", paint(info, DIM),
		info->kernel, info->tier, format_ns(info->attach_ns));
	if (!(info->sees & SEES_READY))
		fprintf(out, "This kernel does not show when a socket has something to read: no "
			     "notify stage, no service\nlatency, no edges; \"wakelab doctor\" says "
			     "why\n");
	fprintf(out,
		"at once: the answer was there, no sleep · slept: woken with an answer · "
		"nothing: no answer\n(EAGAIN, time-out) · other: a signal or an error · "
		"call: time in the kernel%s\n\n",
		paint(info, PLAIN));
}

/* "EAGAIN 84 203, EINTR 1" into buf, within ERRORS_WIDTH columns: a count that does not fit is left
 * out behind its name, kinds that do not fit are counted. */
static const char *errors_text(const struct call_stats *stats, char *buf, size_t size)
{
	size_t len = 0;
	unsigned more = 0;
	char name[32], one[80];

	for (unsigned i = 0; i < N_ERRNO_CELLS; i++) {
		const char *error = errno_cell_name(i, name, sizeof(name));
		size_t n;

		if (!stats->errors[i])
			continue;
		n = snprintf(one, sizeof(one), "%s%s %s", len ? ", " : "", error,
			     format_count(stats->errors[i]));
		if (n > ERRORS_WIDTH && !len)
			n = snprintf(one, sizeof(one), "%.*s", ERRORS_WIDTH, error);
		if (len + n > ERRORS_WIDTH)
			more++;
		else
			len += snprintf(buf + len, size - len, "%s", one);
	}
	if (more)
		snprintf(buf + len, size - len, " +%u", more);
	return len ? buf : "-";
}

static void print_head(FILE *out, const struct run_info *info, const char *first,
		       const char *calls_title)
{
	fprintf(out, "%s%-16s %9s %7s %6s %7s %6s │%8s %6s %6s │ %s%s\n", paint(info, BOLD), first,
		calls_title, "at once", "slept", "nothing", "other", "call p50", "p99", "max",
		"errors", paint(info, PLAIN));
}

static void print_call(FILE *out, unsigned row, const char *calls_text,
		       const struct call_stats *stats)
{
	const __u64 *v = stats->verdicts;
	__u64 all = calls_returned(stats);
	char errors[ERRORS_WIDTH + 8];

	fprintf(out, " %-15s %9s %7s %6s %7s %6s │%8s %6s %6s │ %s\n",
		row == OTHER_CALL ? "all others" : calls[row].name, calls_text,
		format_share(v[VERDICT_READY], all), format_share(v[VERDICT_SLEPT], all),
		format_share(v[VERDICT_EMPTY] + v[VERDICT_TIMEOUT], all),
		format_share(v[VERDICT_INTERRUPTED] + v[VERDICT_ERROR], all),
		format_percentile(&stats->duration, 0.5), format_percentile(&stats->duration, 0.99),
		stats->duration.count ? format_ns(stats->duration.max) : "-",
		errors_text(stats, errors, sizeof(errors)));
}

/* The first column: a rate in an interval (of ns), a count in the summary (ns 0). */
static const char *how_many(__u64 n, __u64 ns)
{
	return ns ? format_rate(n, ns) : format_count(n);
}

static void print_stage(FILE *out, const char *name, const struct hist *h)
{
	fprintf(out, " · %s %s (%s)", name, format_percentile(h, 0.5), format_count(h->count));
}

static void print_wakeups(FILE *out, const struct snapshot *s, __u64 ns)
{
	const struct hist *l = s->latencies;
	const struct hist *all = &l[LATENCY_WAKING_TO_RETURN];

	if (!all->count)
		return;
	fprintf(out, " wakeup          %9s   from waking to return: p50 %s  p99 %s  max %s\n",
		how_many(all->count, ns), format_percentile(all, 0.5), format_percentile(all, 0.99),
		format_ns(all->max));
	fprintf(out, "    of which p50 (count)");
	if (sees(s, SEES_READY))
		print_stage(out, "notify", &l[LATENCY_READY_TO_WAKING]);
	print_stage(out, "schedule", &l[LATENCY_WAKING_TO_ONCPU]);
	print_stage(out, "return", &l[LATENCY_ONCPU_TO_RETURN]);
	fprintf(out, "\n");
}

static void print_wakes(FILE *out, const struct snapshot *s, __u64 ns)
{
	const __u64 *c = s->counters;

	if (!c[COUNT_WAKES])
		return;
	fprintf(out,
		" wakes           %9s   useful %s (%s) · wasted %s · timed %s · absorbed %s · "
		"early %s",
		how_many(c[COUNT_WAKES], ns), format_count(c[COUNT_USEFUL]),
		format_share(c[COUNT_USEFUL], c[COUNT_RETURNED]), format_count(c[COUNT_WASTED]),
		format_count(c[COUNT_TIMED]), format_count(c[COUNT_ABSORBED]),
		format_count(c[COUNT_EARLY]));
	if (c[COUNT_UNSEEN])
		fprintf(out, " · unseen %s", format_count(c[COUNT_UNSEEN]));
	fprintf(out, "\n");
}

/* Who asked for the threads to run: what was ready in an interrupt, or a task. */
static void print_wakers(FILE *out, const struct snapshot *s)
{
	const __u64 *c = s->counters;

	if (!c[COUNT_WAKES])
		return;
	fprintf(out, "    of which by softirq %s · hardirq %s · tasks %s",
		format_share(c[COUNT_FROM_SOFTIRQ], c[COUNT_WAKES]),
		format_share(c[COUNT_FROM_HARDIRQ], c[COUNT_WAKES]),
		format_share(c[COUNT_FROM_TASK], c[COUNT_WAKES]));
	if (c[COUNT_FROM_UNKNOWN])
		fprintf(out, " · unknown %s", format_share(c[COUNT_FROM_UNKNOWN], c[COUNT_WAKES]));
	fprintf(out, "\n");
}

static void print_work(FILE *out, const struct snapshot *s)
{
	const __u64 *c = s->counters;

	if (!c[COUNT_WORK_CALLS])
		return;
	fprintf(out,
		" each wait       %9s   led to %s events · %s calls · %s bytes read · %s EAGAIN\n",
		"", format_ratio(c[COUNT_WORK_EVENTS], c[COUNT_WORK_RETURNS]),
		format_ratio(c[COUNT_WORK_CALLS], c[COUNT_WORK_RETURNS]),
		format_ratio(c[COUNT_WORK_BYTES], c[COUNT_WORK_RETURNS]),
		format_ratio(c[COUNT_WORK_EAGAIN], c[COUNT_WORK_RETURNS]));
}

static void print_interests(FILE *out, const struct snapshot *s, __u64 ns)
{
	const __u64 *c = s->counters;

	if (!c[COUNT_REPORTS])
		return;
	fprintf(out,
		" epoll reports   %9s   fresh %s (a new edge) · re-reports %s (the same level)",
		how_many(c[COUNT_REPORTS], ns), format_share(c[COUNT_FRESH], c[COUNT_REPORTS]),
		format_share(c[COUNT_REREPORTS], c[COUNT_REPORTS]));
	if (c[COUNT_UNKNOWN] + c[COUNT_AMBIGUOUS])
		fprintf(out, " · unclear %s", format_count(c[COUNT_UNKNOWN] + c[COUNT_AMBIGUOUS]));
	fprintf(out, "\n    of which bear");
	for (unsigned i = 0, n = 0; i < N_REPORT_FLAGS; i++)
		if (c[report_flags[i].counter])
			fprintf(out, "%s %s %s", n++ ? " ·" : "", report_flags[i].name,
				format_count(c[report_flags[i].counter]));
	fprintf(out, "\n");
}

static void print_oneshots(FILE *out, const struct snapshot *s, __u64 ns)
{
	const __u64 *c = s->counters;

	if (c[COUNT_DISARMED])
		fprintf(out, " one-shot        %9s   disarmed by a report · %s re-armed\n",
			how_many(c[COUNT_DISARMED], ns), how_many(c[COUNT_REARMED], ns));
}

static void print_stalls(FILE *out, const struct run_info *info, const struct snapshot *s)
{
	if (!s->counters[COUNT_STALLS] && !s->now.n_stalls)
		return;
	fprintf(out, " %sstalls          %9s   begun · %s in all", paint(info, RED),
		format_count(s->counters[COUNT_STALLS]), format_ns(s->stalled_ns));
	if (s->now.n_stalls)
		fprintf(out, " · %u now, %s bytes unread", s->now.n_stalls,
			format_count(s->stalled_bytes));
	fprintf(out, "%s\n", paint(info, PLAIN));
}

static void print_service(FILE *out, const struct snapshot *s, __u64 ns)
{
	const struct hist *h = &s->latencies[LATENCY_READY_TO_READ];

	if (!h->count)
		return;
	fprintf(out,
		" service         %9s   from data ready to first read: p50 %s  p99 %s  max %s\n",
		how_many(h->count, ns), format_percentile(h, 0.5), format_percentile(h, 0.99),
		format_ns(h->max));
}

static void print_sigio(FILE *out, const struct snapshot *s, __u64 ns)
{
	struct signal_stats sig = snapshot_sigio(s);
	const struct hist *h = &s->latencies[LATENCY_SIGNAL];

	if (!signals_generated(&sig))
		return;
	fprintf(out, " I/O signals     %9s   queued %s · coalesced %s · overflow %s · ignored %s\n",
		how_many(signals_generated(&sig), ns), format_count(sig.results[SIGNAL_QUEUED]),
		format_count(sig.results[SIGNAL_COALESCED]),
		format_count(sig.results[SIGNAL_OVERFLOW]),
		format_count(sig.results[SIGNAL_IGNORED]));
	if (h->count)
		fprintf(out, " to handler      %9s   p50 %s  p99 %s  max %s\n",
			how_many(h->count, ns), format_percentile(h, 0.5),
			format_percentile(h, 0.99), format_ns(h->max));
	if (s->counters[COUNT_DATAGRAMS_ARRIVED])
		fprintf(out, " datagrams       %9s   arrived · %s read\n",
			how_many(s->counters[COUNT_DATAGRAMS_ARRIVED], ns),
			how_many(s->counters[COUNT_DATAGRAMS_READ], ns));
}

/* Which descriptors raised them, as far as there is room on the line. */
static void print_sources(FILE *out, const struct snapshot *s)
{
	unsigned n = rows_kept(s->now.n_sources, SOURCES_SHOWN);

	if (!n)
		return;
	fprintf(out, "    of which raised by");
	for (unsigned i = 0; i < n; i++)
		fprintf(out, "%s descriptor %u: %s", i ? " ·" : "", s->now.sources[i].key.fd,
			format_count(s->now.sources[i].generated));
	if (s->now.n_sources > n)
		fprintf(out, " · %u more", s->now.n_sources - n);
	fprintf(out, "\n");
}

static void print_client(FILE *out, const struct snapshot *s, __u64 ns)
{
	const struct hist *h = &s->client.latency;

	if (!s->witnessed)
		return;
	fprintf(out,
		" client          %9s   echoes · %s wrong │ round trip p50 %s  p99 %s  max %s\n",
		how_many(s->client.messages, ns), format_count(s->client.mismatches),
		format_percentile(h, 0.5), format_percentile(h, 0.99),
		h->count ? format_ns(h->max) : "-");
}

static void print_lost(FILE *out, const struct run_info *info, const struct snapshot *s)
{
	if (!snapshot_lost(s)) {
		fprintf(out, " lost 0\n");
		return;
	}
	fprintf(out, " %slost %s:", paint(info, RED), format_count(snapshot_lost(s)));
	for (unsigned i = 0; i < N_LOST; i++)
		if (s->lost[i])
			fprintf(out, " %s %s", lost_names[i], format_count(s->lost[i]));
	fprintf(out, "%s\n", paint(info, PLAIN));
}

static void print_ledgers(FILE *out, const struct run_info *info, const struct snapshot *s,
			  __u64 ns)
{
	print_wakeups(out, s, ns);
	print_wakes(out, s, ns);
	print_wakers(out, s);
	print_interests(out, s, ns);
	print_oneshots(out, s, ns);
	print_stalls(out, info, s);
	print_work(out, s);
	print_service(out, s, ns);
	print_sigio(out, s, ns);
	if (!ns) /* they are counted since the start */
		print_sources(out, s);
	print_client(out, s, ns);
	print_lost(out, info, s);
}

/* A row is worth a line when something happened in it; a wait also while it goes on. */
static bool row_shown(const struct snapshot *delta, const struct snapshot *total, unsigned row)
{
	return delta->calls[row] || calls_returned(&delta->stats[row]) ||
	       (calls[row].class != CLASS_OTHER && calls_in_flight(total, row));
}

static void table_interval(FILE *out, const struct run_info *info, const struct snapshot *delta,
			   const struct snapshot *total, __u64 elapsed_ns)
{
	char title[32];

	/* what is left at the end may be too little to make a rate of: the summary has it */
	if (delta->time * 10 < info->interval_ns && elapsed_ns > delta->time)
		return;
	snprintf(title, sizeof(title), "%.1f s", elapsed_ns / 1e9);
	print_head(out, info, title, "calls/s");
	for (unsigned i = OTHER_CALL + 1; i < n_calls; i++)
		if (row_shown(delta, total, i))
			print_call(out, i,
				   format_rate(calls_returned(&delta->stats[i]), delta->time),
				   &delta->stats[i]);
	if (row_shown(delta, total, OTHER_CALL))
		print_call(out, OTHER_CALL,
			   format_rate(calls_returned(&delta->stats[OTHER_CALL]), delta->time),
			   &delta->stats[OTHER_CALL]);
	print_ledgers(out, info, delta, delta->time);
	if (info->top_given)
		table_details(out, info, total);
	fprintf(out, "\n");
}

static void print_in_flight(FILE *out, const struct snapshot *s)
{
	for (unsigned i = OTHER_CALL; i < n_calls; i++)
		if (calls_in_flight(s, i))
			fprintf(out, " %-15s %9s   entered, not returned when tracing ended\n",
				calls[i].name, format_count(calls_in_flight(s, i)));
}

static void print_fcntls(FILE *out, const struct snapshot *s)
{
	char name[32];

	for (unsigned i = 0; i < s->n_fcntls; i++) {
		const struct fcntl_row *row = &s->fcntls[i];

		fprintf(out, " %-15s %9s  ", fcntl_name(&row->key, name, sizeof(name)),
			format_count(row->stats.calls));
		for (unsigned bit = 0; bit < N_FLAG_BITS; bit++) {
			if (!flag_name(bit))
				continue;
			if (row->stats.on[bit])
				fprintf(out, " %s on %s", flag_name(bit),
					format_count(row->stats.on[bit]));
			if (row->stats.off[bit])
				fprintf(out, " %s off %s", flag_name(bit),
					format_count(row->stats.off[bit]));
		}
		if (row->stats.failed)
			fprintf(out, " failed %s", format_count(row->stats.failed));
		fprintf(out, "\n");
	}
}

static void print_testimony(FILE *out, const struct run_info *info, const struct testimony *t)
{
	bool agrees = testimony_agrees(t);

	fprintf(out, " %-16s", t->what);
	for (unsigned w = 0; w < N_WITNESSES; w++)
		fprintf(out, " %15s", t->seen[w] ? format_count(t->count[w]) : "-");
	fprintf(out, "   %s%s%s\n", agrees ? "" : paint(info, RED), agrees ? "agree" : "DIFFER",
		agrees ? "" : paint(info, PLAIN));
}

static void print_witnesses(FILE *out, const struct run_info *info, const struct run_end *end)
{
	const struct reconciliation *r = &end->witnesses;

	if (!r->n_rows)
		return;
	fprintf(out, "\n%s%-17s %15s %15s %15s%s\n", paint(info, BOLD), "three witnesses", "server",
		"client", "kernel", paint(info, PLAIN));
	for (unsigned i = 0; i < r->n_rows; i++)
		print_testimony(out, info, &r->rows[i]);
}

static void table_summary(FILE *out, const struct run_info *info, const struct snapshot *total,
			  __u64 elapsed_ns, const struct run_end *end)
{
	fprintf(out, "%s%s after %.1f s%s\n\n", paint(info, BOLD),
		end->completed ? "Done" : "Stopped", elapsed_ns / 1e9, paint(info, PLAIN));
	print_head(out, info, "in all", "calls");
	for (unsigned i = OTHER_CALL + 1; i < n_calls; i++)
		if (calls_returned(&total->stats[i]))
			print_call(out, i, format_count(calls_returned(&total->stats[i])),
				   &total->stats[i]);
	if (total->calls[OTHER_CALL])
		print_call(out, OTHER_CALL, format_count(calls_returned(&total->stats[OTHER_CALL])),
			   &total->stats[OTHER_CALL]);
	print_in_flight(out, total);
	print_ledgers(out, info, total, 0);
	print_fcntls(out, total);
	table_details(out, info, total);
	print_witnesses(out, info, end);
	table_meaning(out, info, total, end);
}

static void table_stall(FILE *out, const struct run_info *info, const struct stall_row *row,
			__u64 stalled_ns, __u64 elapsed_ns)
{
	const struct stall *s = &row->stall;
	char unread[48], peer[80];

	peer_text(s, peer, sizeof(peer));
	fprintf(out, "%sSTALL at %.2f s: %s unread on descriptor %u", paint(info, RED),
		elapsed_ns / 1e9, unread_text(s, unread, sizeof(unread)), s->fd);
	if (*peer)
		fprintf(out, " (peer %s)", peer);
	fprintf(out,
		" for %s%s\n  Thread %u of process %u was told of it once (EPOLLET) and went to "
		"sleep%s: %s until EAGAIN.\n",
		format_ns(stalled_ns), paint(info, PLAIN), s->tid, s->tgid,
		s->before ? " before tracing began" : "",
		s->unit == UNREAD_CONNECTIONS ? "accept" : "read");
}

#define BEGINNING_ROWS 8 /* of a kind, without --top */

static void print_more(FILE *out, unsigned n, unsigned shown, const char *what)
{
	if (n > shown)
		fprintf(out, "  and %u more %s\n", n - shown, what);
}

static void table_attached(FILE *out, const struct run_info *info, const struct beginning *b,
			   const struct snapshot *total)
{
	unsigned top = info->top_given ? info->top : BEGINNING_ROWS;
	char unread[48], peer[80];

	fprintf(out, "when tracing began: asleep %u · sockets with data unread %u · stalls %u\n",
		b->n_sleepers, b->n_unread, total->now.n_stalls);
	for (unsigned i = 0; i < rows_kept(b->n_sleepers, top); i++) {
		const struct sleeper *s = &b->sleepers[i];

		fprintf(out, "  thread %d (%s) of process %d sleeps in %s(0x%llx, 0x%llx, ...)\n",
			s->tid, s->comm, s->pid, s->call, (unsigned long long)s->args[0],
			(unsigned long long)s->args[1]);
	}
	print_more(out, b->n_sleepers, top, "threads");
	for (unsigned i = 0; i < rows_kept(b->n_unread, top); i++) {
		const struct stall *s = &b->unread[i];

		peer_text(s, peer, sizeof(peer));
		fprintf(out, "  %s unread on descriptor %u of process %u%s%s%s\n",
			unread_text(s, unread, sizeof(unread)), s->fd, s->tgid,
			*peer ? " (peer " : "", peer, *peer ? ")" : "");
	}
	print_more(out, b->n_unread, top, "sockets");
	fprintf(out, "\n");
}

const struct sink sink_table = {
	.name = "table",
	.help = "for people",
	.start = table_start,
	.attached = table_attached,
	.interval = table_interval,
	.stall = table_stall,
	.summary = table_summary,
};
