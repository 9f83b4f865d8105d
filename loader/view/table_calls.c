// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The table of calls. */
#include <string.h>

#include "calls.h"
#include "format.h"
#include "names.h"
#include "table.h"

enum { FIRST, CALLS, AT_ONCE, SLEPT, NOTHING, OTHER, READ_0, P50, P99, MAX, ERRORS, N_CELLS };

#define ERRORS_LEAST 14
#define ERRORS_MOST  40

/* Where nothing was at its end, the room is for what tells more. */
#define READ_0_RANK 9

static const struct column columns[N_CELLS] = {
	[FIRST] = {.title = "", .least = 16, .most = 16, .left = true},
	[CALLS] = {.title = "calls", .least = 9, .most = 9},
	[AT_ONCE] = {.title = "at once", .least = 7, .most = 7, .rank = 1},
	[SLEPT] = {.title = "slept", .least = 6, .most = 6, .rank = 2},
	[NOTHING] = {.title = "nothing", .least = 7, .most = 7, .rank = 5},
	[OTHER] = {.title = "other", .least = 6, .most = 6, .rank = 7},
	[READ_0] = {.title = "read 0", .least = 6, .most = 8, .rank = READ_0_RANK},
	[P50] = {.title = "call p50", .least = 8, .most = 8, .rank = 4, .group = 1},
	[P99] = {.title = "p99", .least = 6, .most = 6, .rank = 6, .group = 1},
	[MAX] = {.title = "max", .least = 6, .most = 6, .rank = 8, .group = 1},
	[ERRORS] = {.title = "errors",
		    .least = ERRORS_LEAST,
		    .most = ERRORS_MOST,
		    .rank = 3,
		    .left = true,
		    .group = 2},
};

/* "EAGAIN 84 203, EINTR 1" into buf, within a width: a count that does not fit is left out behind
 * its name, kinds that do not fit are counted. */
static const char *errors_text(const struct call_stats *stats, size_t width, char *buf, size_t size)
{
	const size_t room = width > ERRORS_MOST ? ERRORS_MOST : width;
	unsigned kinds = 0, shown = 0;
	char name[32], one[80];
	size_t len = 0;

	for (unsigned i = 0; i < N_ERRNO_CELLS; i++)
		kinds += stats->errors[i] != 0;
	for (unsigned i = 0; i < N_ERRNO_CELLS; i++) {
		const char *error = errno_cell_name(i, name, sizeof(name));
		size_t left = room - len - (kinds > shown + 1 ? strlen(" +99") : 0), n;

		if (!stats->errors[i])
			continue;
		n = snprintf(one, sizeof(one), "%s%s %s", len ? ", " : "", error,
			     format_count(stats->errors[i]));
		if (n > left && !len)
			n = snprintf(one, sizeof(one), "%.*s", (int)left, error);
		if (n > left)
			continue;
		len += snprintf(buf + len, size - len, "%s", one);
		shown++;
	}
	if (kinds > shown)
		snprintf(buf + len, size - len, " +%u", kinds - shown);
	return len ? buf : "-";
}

static void print_head(struct layout *l, struct grid *g, const char *first, const char *calls_title,
		       const struct snapshot *s)
{
	static struct column chosen[N_CELLS];
	const char *titles[N_CELLS];

	memcpy(chosen, columns, sizeof(chosen));
	for (unsigned row = OTHER_CALL; row < n_calls; row++)
		if (kind_gives_bytes(calls[row].kind) && s->stats[row].zero)
			chosen[READ_0].rank = columns[OTHER].rank;
	grid_fit(g, l, chosen, N_CELLS);
	for (unsigned i = 0; i < N_CELLS; i++)
		titles[i] = columns[i].title;
	titles[FIRST] = first;
	titles[CALLS] = calls_title;
	grid_head(l, g, titles);
}

static const char *row_name(unsigned row)
{
	return row == OTHER_CALL ? "all others" : calls[row].name;
}

/* Reads that gave 0: the end of a file. Of other calls 0 is no such thing. */
static const char *reads_of_0(unsigned row, const struct call_stats *stats)
{
	return kind_gives_bytes(calls[row].kind) && stats->zero ? format_count(stats->zero) : "-";
}

static void print_call(struct layout *l, const struct grid *g, unsigned row, const char *calls_text,
		       const struct call_stats *stats)
{
	const __u64 *v = stats->verdicts;
	const struct hist *h = &stats->duration;
	__u64 all = calls_returned(stats);
	char name[32], errors[ERRORS_MOST + 8];

	snprintf(name, sizeof(name), " %s", row_name(row));
	grid_row(l, g,
		 (const char *const[N_CELLS]){
			 [FIRST] = name,
			 [CALLS] = calls_text,
			 [AT_ONCE] = format_share(v[VERDICT_READY], all),
			 [SLEPT] = format_share(v[VERDICT_SLEPT], all),
			 [NOTHING] = format_share(v[VERDICT_EMPTY] + v[VERDICT_TIMEOUT], all),
			 [OTHER] = format_share(v[VERDICT_INTERRUPTED] + v[VERDICT_ERROR], all),
			 [READ_0] = reads_of_0(row, stats),
			 [P50] = format_percentile(h, 0.5),
			 [P99] = format_percentile(h, 0.99),
			 [MAX] = h->count ? format_ns(h->max) : "-",
			 [ERRORS] = errors_text(stats,
						g->width[ERRORS] ? g->width[ERRORS] : ERRORS_LEAST,
						errors, sizeof(errors)),
		 });
}

/* Row n of the table: the calls in their order, all others behind them. */
static unsigned nth_row(unsigned n)
{
	return n + 1 < n_calls - OTHER_CALL ? OTHER_CALL + 1 + n : OTHER_CALL;
}

/* A row is worth a line when something happened in it; a wait also while it goes on. */
static bool row_shown(const struct snapshot *delta, const struct snapshot *total, unsigned row)
{
	return delta->calls[row] || calls_returned(&delta->stats[row]) ||
	       (calls[row].class != CLASS_OTHER && calls_in_flight(total, row));
}

/* Calls that neither wait nor move data have a line of their own where they are many, or did not
 * all do at once what they were asked. */
#define MANY 100

static bool row_folded(const struct snapshot *delta, unsigned row, __u64 all)
{
	const struct call_stats *stats = &delta->stats[row];
	__u64 returned = calls_returned(stats);

	return (calls[row].class == CLASS_OTHER || calls[row].class == CLASS_VOID) && returned &&
	       stats->verdicts[VERDICT_READY] == returned &&
	       (returned < MANY || returned * 100 < all);
}

#define BUSIEST 2

/* The calls without a row of their own that there are most of, at most BUSIEST; gives how many. */
static unsigned find_busiest(const struct snapshot *s, unsigned most[BUSIEST])
{
	unsigned n = 0;

	for (unsigned nr = 0; nr < MAX_NR; nr++) {
		unsigned at = n;

		while (at && s->others[nr] > s->others[most[at - 1]])
			at--;
		if (!s->others[nr] || at == BUSIEST)
			continue;
		for (unsigned i = n < BUSIEST ? n++ : BUSIEST - 1; i > at; i--)
			most[i] = most[i - 1];
		most[at] = nr;
	}
	return n;
}

/* Names them. A number of one is a rate in an interval, of ns, and a count in the summary. */
static void print_busiest(struct layout *l, const struct snapshot *s, __u64 ns, const char *before,
			  const char *between, const char *behind)
{
	unsigned most[BUSIEST] = {0}, n = find_busiest(s, most);

	for (unsigned i = 0; i < n; i++)
		lay(l, "%s%s %s", i ? between : before, s->other_names[most[i]],
		    ns ? format_rate(s->others[most[i]], ns) : format_count(s->others[most[i]]));
	lay(l, "%s", n ? behind : "");
}

/* Whether there are no others than the busiest. */
static bool busiest_are_all(const struct snapshot *s)
{
	unsigned kinds = 0;

	for (unsigned nr = 0; nr < MAX_NR; nr++)
		kinds += s->others[nr] != 0;
	return kinds <= BUSIEST;
}

static void print_busiest_line(struct layout *l, const struct snapshot *s, __u64 ns)
{
	print_busiest(l, s, ns, busiest_are_all(s) ? "    namely " HANG : "    mostly " HANG, " · ",
		      "\n");
}

static void print_folded(struct layout *l, const struct snapshot *delta, const bool *folded,
			 __u64 count)
{
	const char *mark = "";

	lay(l, " %-15s %9s   " HANG, "rare calls", format_rate(count, delta->time));
	for (unsigned n = 0; n < n_calls - OTHER_CALL; n++) {
		unsigned row = nth_row(n);

		if (!folded[row])
			continue;
		lay(l, "%s%s %s", mark, row_name(row),
		    format_rate(calls_returned(&delta->stats[row]), delta->time));
		if (row == OTHER_CALL)
			print_busiest(l, delta, delta->time, " (", ", ", ")");
		mark = " · ";
	}
	lay(l, "\n");
}

void table_calls_interval(struct layout *l, const char *title, const struct snapshot *delta,
			  const struct snapshot *total)
{
	bool folded[MAX_CALLS] = {false};
	__u64 all = 0, in_fold = 0;
	struct grid g;

	for (unsigned row = OTHER_CALL; row < n_calls; row++)
		all += calls_returned(&delta->stats[row]);
	print_head(l, &g, title, "calls/s", delta);
	for (unsigned n = 0; n < n_calls - OTHER_CALL; n++) {
		unsigned row = nth_row(n);
		__u64 returned = calls_returned(&delta->stats[row]);

		folded[row] = row_folded(delta, row, all);
		in_fold += folded[row] ? returned : 0;
		if (!folded[row] && row_shown(delta, total, row))
			print_call(l, &g, row, format_rate(returned, delta->time),
				   &delta->stats[row]);
		if (!folded[row] && row == OTHER_CALL)
			print_busiest_line(l, delta, delta->time);
	}
	if (in_fold)
		print_folded(l, delta, folded, in_fold);
}

static void print_in_flight(struct layout *l, const struct snapshot *s)
{
	for (unsigned i = OTHER_CALL; i < n_calls; i++)
		if (calls_in_flight(s, i))
			lay(l,
			    " %-15s %9s   " HANG "entered, but not returned when tracing ended\n",
			    calls[i].name, format_count(calls_in_flight(s, i)));
}

void table_calls_summary(struct layout *l, const struct snapshot *total)
{
	struct grid g;

	print_head(l, &g, "total", "calls", total);
	for (unsigned n = 0; n < n_calls - OTHER_CALL; n++) {
		unsigned row = nth_row(n);
		__u64 returned = calls_returned(&total->stats[row]);

		if (returned || (row == OTHER_CALL && total->calls[row]))
			print_call(l, &g, row, format_count(returned), &total->stats[row]);
	}
	print_busiest_line(l, total, 0);
	print_in_flight(l, total);
}
