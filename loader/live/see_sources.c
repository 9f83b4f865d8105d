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

static void draw_sum(struct area a, unsigned y, const struct line *l, const char *title, __u64 sum,
		     const char *const *names, const __u64 *values)
{
	unsigned x = SUM_BAR + sum_bar(a) + 2;

	area_print(a, 1, y, STYLE_TITLE, "%s%s", title,
		   scope_is_second(l->model, l->look) ? "/s" : "");
	area_fit(a, 11, y, SUM_BAR - 12, STYLE_PLAIN, true, scope_count(l, sum));
	draw_parts(a, SUM_BAR, y, sum_bar(a), parts, values, N_PARTS_HERE);
	for (unsigned i = 0; i < N_PARTS_HERE; i++) {
		x = area_put(a, x, y, parts[i].style, parts[i].mark);
		x = area_print(a, x, y, STYLE_PLAIN, " %s %s  ", names[i],
			       scope_count(l, values[i]));
	}
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

	draw_sum(a, y, l, "SIGNALS", signals_generated(&sig), names, values);
}

static void draw_polls(struct area a, unsigned y, const struct line *l, const struct snapshot *s)
{
	static const char *const names[] = {"ready", "looked at in vain"};
	__u64 looked = s->counters[COUNT_POLL_LOOKED_AT];
	__u64 ready = s->counters[COUNT_POLL_REPORTED];
	const __u64 values[] = {ready, remainder_of(looked, ready)};

	draw_sum(a, y, l, "POLLED", looked, names, values);
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
