// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The way of a wakeup, from what became ready to the read: its stages, and how long it took. */
#include <math.h>
#include <string.h>

#include "counts.h"
#include "format.h"
#include "marks.h"
#include "parts.h"
#include "percentile.h"
#include "see.h"

/* Where a stage begins; the last place is where all of them end. */
static const struct stage_row {
	const char *from;
	enum latency latency;
} stages[] = {
	{"ready", LATENCY_READY_TO_WAKING},
	{"waking", LATENCY_WAKING_TO_ONCPU},
	{"on CPU", LATENCY_ONCPU_TO_RETURN},
};
#define N_STAGES  (sizeof(stages) / sizeof(stages[0]))
#define ARROW     9 /* columns of an arrow at least, and of the name before it */
#define NAME_ROOM 7

static __u64 median(const struct snapshot *s, enum latency latency)
{
	uint64_t ns = 0;

	return hist_percentile(&s->latencies[latency], 0.5, &ns) ? ns : 0;
}

/* An arrow with a time in it. */
static unsigned draw_arrow(struct area a, unsigned x, unsigned y, unsigned width, const char *time)
{
	unsigned left = width - 1 - (unsigned)strlen(time), end = x + width - 1;

	for (unsigned i = 0; i < left / 2; i++)
		x = area_put(a, x, y, STYLE_SPARK, "─");
	x = area_put(a, x, y, STYLE_BOLD, time);
	while (x < end)
		x = area_put(a, x, y, STYLE_SPARK, "─");
	return area_put(a, x, y, STYLE_SPARK, "▶");
}

/* A row of p50 and one of p99; arrows are as long as the medians are. */
static void draw_stages(struct area a, const struct snapshot *s)
{
	unsigned room = a.width > 60 ? (a.width > 100 ? 100 : a.width) - 8 : 52, x = 6;
	unsigned spare = room - N_STAGES * (ARROW + NAME_ROOM) - NAME_ROOM;
	__u64 sum = 0;

	for (unsigned i = 0; i < N_STAGES; i++)
		sum += median(s, stages[i].latency);
	area_put(a, 1, 0, STYLE_DIM, "p50");
	area_put(a, 1, 1, STYLE_DIM, "p99");
	for (unsigned i = 0; i < N_STAGES; i++) {
		const struct hist *h = &s->latencies[stages[i].latency];
		unsigned width = ARROW + (sum ? spare * median(s, stages[i].latency) / sum : 0);
		const char *p99 = format_percentile(h, 0.99);

		area_put(a, x, 0, STYLE_PLAIN, stages[i].from);
		area_fit(a, x + NAME_ROOM, 1, width / 2 + (unsigned)strlen(p99) / 2, STYLE_PLAIN,
			 true, p99);
		x = draw_arrow(a, x + NAME_ROOM, 0, width, format_percentile(h, 0.5)) + 1;
	}
	area_put(a, x, 0, STYLE_PLAIN, "return");
}

/* What the wakeup as a whole took, and what was ready until it was read. */
static void draw_wholes(struct area a, unsigned y, const struct snapshot *s)
{
	static const struct {
		const char *name;
		enum latency latency;
	} wholes[] = {
		{"wakeup, from waking to return", LATENCY_WAKING_TO_RETURN},
		{"service, from data ready to its read", LATENCY_READY_TO_READ},
		{"busy, ready while its thread was between two waits", LATENCY_BUSY},
		{"signal, from raised to its handler", LATENCY_SIGNAL},
	};

	for (unsigned i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
		const struct hist *h = &s->latencies[wholes[i].latency];

		if (!h->count)
			continue;
		area_print(a, 1, y++, STYLE_PLAIN, "%7s %7s %7s  %s (%s)",
			   format_percentile(h, 0.5), format_percentile(h, 0.99), format_ns(h->max),
			   wholes[i].name, format_count(h->count));
	}
}

void draw_pipeline(struct area a, const struct model *m, const struct look *look)
{
	const struct snapshot *s = scope_of(m, look);
	const struct hist *service = &s->latencies[LATENCY_READY_TO_READ];

	if (!s->latencies[LATENCY_WAKING_TO_RETURN].count) {
		if (m->info->sees & SEES_WAKES)
			area_print(a, 1, 0, STYLE_DIM, "No wakeup ended a wait %s.",
				   scope_text(m, look));
		else
			area_put(a, 1, 0, STYLE_DIM, "Wakeups are not watched (--only).");
		return;
	}
	draw_stages(a, s);
	if (a.height > 2 && service->count)
		area_print(a, 1, 2, STYLE_DIM,
			   "from data ready to its read: p50 %s  p99 %s  max %s",
			   format_percentile(service, 0.5), format_percentile(service, 0.99),
			   format_ns(service->max));
}

/* Which latency the map shows: the longer way, where it was measured. */
static enum kept_latency mapped(const struct model *m)
{
	return m->now->latencies[LATENCY_READY_TO_READ].count ? KEPT_SERVICE : KEPT_WAKEUP;
}

/* The bands that hold something, and the most in one of them. */
static __u64 extent(const struct model *m, enum kept_latency k, unsigned *low, unsigned *high)
{
	__u64 most = 0;

	*low = N_BANDS;
	*high = 0;
	for (unsigned i = 0; i < m->n_moments; i++)
		for (unsigned band = 0; band < N_BANDS; band++) {
			__u64 n = m->moments[i].bands[k][band];

			if (!n)
				continue;
			most = n > most ? n : most;
			*low = band < *low ? band : *low;
			*high = band > *high ? band : *high;
		}
	return most;
}

/* Rows are powers of two, several of them in one where there is no room for each. */
static void draw_map(struct area a, const struct model *m, enum kept_latency k, unsigned low,
		     unsigned high, __u64 most)
{
	unsigned rows = a.height - 2, step = (high - low) / rows + 1, width = a.width - 9;
	unsigned wide = width / MINUTE ? width / MINUTE : 1, columns = width / wide;
	unsigned shown = m->n_moments < columns ? m->n_moments : columns;
	unsigned used = (high - low) / step + 1;

	for (unsigned r = 0; r < used; r++) {
		unsigned y = used - r, band = low + r * step;

		area_fit(a, 0, y, 7, STYLE_DIM, true, format_ns(1ull << band));
		area_put(a, 7, y, STYLE_DIM, "┤");
		for (unsigned i = 0; i < shown; i++) {
			const struct moment *at = &m->moments[m->n_moments - shown + i];
			__u64 n = 0;

			for (unsigned b = band; b < band + step && b < N_BANDS; b++)
				n += at->bands[k][b];
			for (unsigned j = 0; j < wide; j++)
				draw_heat(a, 8 + width - (shown - i) * wide + j, y, n, most);
		}
	}
	area_put(a, 7, used + 1, STYLE_DIM, "└");
	area_fit(a, 8, used + 1, width, STYLE_DIM, true, "now");
}

void draw_heat_map(struct area a, const struct model *m)
{
	enum kept_latency k = mapped(m);
	unsigned low, high;
	__u64 most = extent(m, k, &low, &high);

	if (a.height < 4 || a.width < 20)
		return;
	draw_title(a, 0, k == KEPT_SERVICE ? "DATA READY TO READ" : "WAKING TO RETURN",
		   "last minute");
	if (!most)
		area_put(a, 1, 1, STYLE_DIM, "Nothing was measured in the last minute.");
	else
		draw_map(a, m, k, low, high, most);
}

/* What the wakes were by, of wakes that a sum is made of. */
static void draw_shares(struct area a, unsigned y, const struct snapshot *s, const char *title,
			const char *in, enum counter whole)
{
	const struct count_row *rows[MAX_FIELDS];
	unsigned n = count_fields(in, rows), x = area_print(a, 1, y, STYLE_TITLE, "%s", title) + 2;

	for (unsigned i = 0; i < n; i++)
		if (s->counters[rows[i]->at])
			x = area_print(a, x, y, STYLE_PLAIN, "%s %s  ", count_label(rows[i]->at),
				       format_share(s->counters[rows[i]->at], s->counters[whole]));
}

void draw_wakeups(struct area body, const struct model *m, struct look *look)
{
	const struct snapshot *s = scope_of(m, look);
	unsigned map = body.height > 40 ? 18 : body.height > 22 ? 12 : 7;

	draw_title(body, 0, "FROM READY TO RETURN", scope_text(m, look));
	draw_pipeline(area_rows(body, 1, 2), m, look);
	area_put(body, 1, 3, STYLE_TITLE, "    p50     p99     max");
	draw_wholes(area_rows(body, 0, body.height - map), 4, s);
	draw_wakes(body, body.height - map - 3, m, look);
	draw_shares(body, body.height - map - 2, s, "WOKEN BY", "wakes.from", COUNT_WAKES);
	draw_shares(body, body.height - map - 1, s, "BROUGHT BY", "wakes.by", COUNT_RETURNED);
	draw_heat_map(area_rows(body, body.height - map, map), m);
}
