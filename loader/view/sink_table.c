// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The screen: a table each interval. */
#include "format.h"
#include "names.h"
#include "table.h"

static void say_what_it_is(struct layout *l, const struct run_info *info)
{
	char target[VISIBLE_SIZE(sizeof(info->target))];

	visible(info->target, target, sizeof(target));
	lay(l, "%swakelab %s %s%s", paint(l, BOLD), info->command,
	    info->model ? info->model : target, paint(l, PLAIN));
	if (info->model)
		lay(l, " · %s", target);
	if (*info->load)
		lay(l, " · %s", info->load);
	lay(l, "\n");
}

/* What is not told, since nobody asked for it. */
static void say_left_out(struct layout *l, unsigned sees)
{
	unsigned n = 0;

	for (unsigned i = 0; i < N_WATCHED; i++)
		if (!(sees & watched_parts[i].sees))
			lay(l, "%s%s",
			    n++ ? ", " : HANG "Not watched (--only): ", watched_parts[i].name);
	if (n)
		lay(l, "\n");
}

static void table_start(FILE *out, const struct run_info *info)
{
	struct layout l;

	layout_begin(&l, out, info->fd, info->color);
	say_what_it_is(&l, info);
	lay(&l, "%sLinux %s, %s tier, attached in %s · %s\n", paint(&l, DIM), info->kernel,
	    info->tier, format_ns(info->attach_ns),
	    info->recorded ? info->recorded : "Ctrl-C stops");
	say_left_out(&l, info->sees);
	if (!(info->sees & SEES_READY) && info->sees & (SEES_WAKES | SEES_INTERESTS))
		lay(&l, HANG "This kernel does not show when a socket becomes readable: no notify "
			     "stage, no service latency, no edges; \"wakelab doctor\" says why\n");
	lay(&l,
	    HANG "with a result: at once (without sleeping) or slept · without a result, slept or "
		 "not: nothing (EAGAIN, timeout) or other (a signal, an error) · call: time spent "
		 "in the call%s\n\n",
	    paint(&l, PLAIN));
}

static void table_interval(FILE *out, const struct run_info *info, const struct snapshot *delta,
			   const struct snapshot *total, __u64 elapsed_ns)
{
	struct layout l;
	char title[32];

	/* what is left at the end may be too little to make a rate of, or may be all that there
	 * was: the summary has it */
	if ((elapsed_ns > delta->time ? delta->time * 10 : delta->time) < info->interval_ns)
		return;
	layout_begin(&l, out, info->fd, info->color);
	snprintf(title, sizeof(title), "%.1fs", elapsed_ns / 1e9);
	table_calls_interval(&l, title, delta, total);
	table_ledgers(&l, delta, delta->time);
	if (info->top_given)
		table_details(&l, info, total);
	lay(&l, "\n");
}

static void print_testimony(struct layout *l, const struct grid *g, const struct testimony *t)
{
	const char *cells[N_WITNESSES + 2];
	bool agrees = testimony_agrees(t);
	char name[48], verdict[32];

	snprintf(name, sizeof(name), " %s", t->what);
	snprintf(verdict, sizeof(verdict), "  %s%s%s", agrees ? "" : paint(l, RED),
		 agrees ? "agree" : "DIFFER", agrees ? "" : paint(l, PLAIN));
	cells[0] = name;
	for (unsigned w = 0; w < N_WITNESSES; w++)
		cells[w + 1] = t->seen[w] ? format_count(t->count[w]) : "-";
	cells[N_WITNESSES + 1] = verdict;
	grid_row(l, g, cells);
}

static void print_witnesses(struct layout *l, const struct run_info *info,
			    const struct run_end *end)
{
	static const struct column columns[N_WITNESSES + 2] = {
		{.title = "three witnesses", .least = 16, .most = 17, .left = true},
		{.title = "server", .least = 11, .most = 15},
		{.title = "client", .least = 11, .most = 15},
		{.title = "kernel", .least = 11, .most = 15},
		{.title = "", .least = 7, .most = 8, .left = true},
	};
	const struct reconciliation *r = &end->witnesses;
	struct grid g;

	if (!r->n_rows) {
		if (info->model && !end->completed)
			lay(l, "\nThree witnesses (server, client and kernel count independently): "
			       "not compared, because the run was stopped with messages in "
			       "flight\n");
		return;
	}
	grid_fit(&g, l, columns, N_WITNESSES + 2);
	lay(l, "\n");
	grid_head(l, &g, NULL);
	for (unsigned i = 0; i < r->n_rows; i++)
		print_testimony(l, &g, &r->rows[i]);
}

static void table_summary(FILE *out, const struct run_info *info, const struct snapshot *total,
			  __u64 elapsed_ns, const struct run_end *end)
{
	struct layout l;

	layout_begin(&l, out, info->fd, info->color);
	lay(&l, "%s%s%s after %.3fs%s\n\n", end->events.told ? "\n" : "", paint(&l, BOLD),
	    end->completed ? "Done" : "Stopped", elapsed_ns / 1e9, paint(&l, PLAIN));
	table_calls_summary(&l, total);
	table_ledgers(&l, total, 0);
	table_fcntls(&l, total);
	table_details(&l, info, total);
	table_events(&l, &end->events);
	print_witnesses(&l, info, end);
	table_self(&l, &total->self);
	table_findings(&l, info, total, end);
}

static void table_stall(FILE *out, const struct run_info *info, const struct stall_row *row,
			__u64 stalled_ns, __u64 elapsed_ns)
{
	const struct stall *s = &row->stall;
	char unread[48], peer[80];
	struct layout l;

	layout_begin(&l, out, info->fd, info->color);
	peer_text(s, peer, sizeof(peer));
	lay(&l, "%sSTALL at %.3fs: %s on fd %u%s%s%s for %s%s\n", paint(&l, RED), elapsed_ns / 1e9,
	    unread_text(s, unread, sizeof(unread)), s->fd, *peer ? " (peer " : "", peer,
	    *peer ? ")" : "", format_ns(stalled_ns), paint(&l, PLAIN));
	lay(&l,
	    "  " HANG "Thread %u of process %u was notified once (EPOLLET) and went to sleep with "
	    "input left%s. Fix: %s until EAGAIN.\n",
	    s->tid, s->tgid, s->before ? ", before tracing began" : "",
	    s->unit == UNREAD_CONNECTIONS ? "accept" : "read");
}

const struct sink sink_table = {
	.name = "table",
	.help = "for people",
	.start = table_start,
	.attached = table_attached,
	.interval = table_interval,
	.stall = table_stall,
	.finding = table_finding,
	.event = table_event,
	.summary = table_summary,
};
