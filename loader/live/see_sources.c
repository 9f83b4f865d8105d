// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What told the threads that there was something to do: epoll, signals, poll and select. */
#include "counts.h"
#include "format.h"
#include "marks.h"
#include "parts.h"
#include "see.h"

/* Of signals and descriptors: what came to something, and what did not. */
static const struct part parts[] = {
	{.mark = "█", .style = STYLE_FIRST, .name = ""},
	{.mark = "╳", .style = STYLE_THIRD, .name = ""},
};
#define N_PARTS_HERE (sizeof(parts) / sizeof(parts[0]))

static void draw_two(struct area a, unsigned y, const struct line *l, const char *title,
		     __u64 whole, const char *const *names, const __u64 *values)
{
	const struct sum sum = {.title = title,
				.whole = whole,
				.parts = parts,
				.names = names,
				.values = values,
				.n = N_PARTS_HERE,
				.seldom = N_PARTS_HERE};

	draw_sum(a, y, l, &sum);
}

static bool has_signals(const struct model *m)
{
	struct signal_stats sig = snapshot_sigio(m->now);

	return signals_generated(&sig);
}

static void draw_signals(struct area a, unsigned y, const struct line *l, const struct snapshot *s)
{
	static const char *const names[] = {"queued", "merged with a pending one"};
	struct signal_stats sig = snapshot_sigio(s);
	const __u64 values[] = {sig.results[SIGNAL_QUEUED], sig.results[SIGNAL_COALESCED]};

	draw_two(a, y, l, "SIGNALS", signals_generated(&sig), names, values);
}

static void draw_polls(struct area a, unsigned y, const struct line *l, const struct snapshot *s)
{
	static const char *const names[] = {"ready", "looked at in vain"};
	__u64 looked = s->counters[COUNT_POLL_LOOKED_AT];
	__u64 ready = s->counters[COUNT_POLL_REPORTED];
	const __u64 values[] = {ready, remainder_of(looked, ready)};

	draw_two(a, y, l, "POLLED", looked, names, values);
}

/* What there is most of. */
void draw_source(struct area a, unsigned y, const struct model *m, const struct look *look)
{
	const struct snapshot *s = scope_of(m, look);
	const struct line l = {m, look, NULL};

	if (m->now->counters[COUNT_REPORTS])
		draw_reports(a, y, m, look);
	else if (m->now->counters[COUNT_POLL_LOOKED_AT])
		draw_polls(a, y, &l, s);
	else if (has_signals(m))
		draw_signals(a, y, &l, s);
}
