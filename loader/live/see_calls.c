// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* System calls by what they came to, and how long they took. */
#include "calls.h"
#include "format.h"
#include "marks.h"
#include "names.h"
#include "parts.h"
#include "percentile.h"
#include "see.h"

enum { AT_ONCE, SLEPT, NOTHING, OTHER, N_CALL_PARTS };

static const struct part call_parts[N_CALL_PARTS] = {
	[AT_ONCE] = {.mark = "█", .style = STYLE_FIRST, .name = "at once"},
	[SLEPT] = {.mark = "░", .style = STYLE_SECOND, .name = "slept"},
	[NOTHING] = {.mark = "╳", .style = STYLE_THIRD, .name = "nothing"},
	[OTHER] = {.mark = "▓", .style = STYLE_FOURTH, .name = "other"},
};

static unsigned row_of(const struct line *l)
{
	return *(const unsigned *)l->row;
}

static const struct call_stats *stats_of(const struct line *l)
{
	return &scope_of(l->model, l->look)->stats[row_of(l)];
}

static __u64 part_of(const struct call_stats *s, unsigned part)
{
	const __u64 *v = s->verdicts;
	const __u64 parts[N_CALL_PARTS] = {
		[AT_ONCE] = v[VERDICT_READY],
		[SLEPT] = v[VERDICT_SLEPT],
		[NOTHING] = v[VERDICT_EMPTY] + v[VERDICT_TIMEOUT],
		[OTHER] = v[VERDICT_INTERRUPTED] + v[VERDICT_ERROR],
	};

	return parts[part];
}

static void name_text(const struct line *l, char *buf, size_t size)
{
	snprintf(buf, size, "%s", row_of(l) == OTHER_CALL ? "all others" : calls[row_of(l)].name);
}

/* What did not happen stands back. */
static enum style call_style(const struct line *l)
{
	return calls_returned(stats_of(l)) ? STYLE_PLAIN : STYLE_DIM;
}

static void calls_text(const struct line *l, char *buf, size_t size)
{
	snprintf(buf, size, "%s", scope_count(l, calls_returned(stats_of(l))));
}

static double calls_value(const struct line *l)
{
	return calls_returned(stats_of(l));
}

static void parts_draw(const struct line *l, struct area cell)
{
	__u64 values[N_CALL_PARTS];

	for (unsigned i = 0; i < N_CALL_PARTS; i++)
		values[i] = part_of(stats_of(l), i);
	draw_parts(cell, 0, 0, cell.width, call_parts, values, N_CALL_PARTS);
}

#define SHARE_COLUMN(name, part)                                                                   \
	static void name##_text(const struct line *l, char *buf, size_t size)                      \
	{                                                                                          \
		snprintf(buf, size, "%s",                                                          \
			 format_share(part_of(stats_of(l), part), calls_returned(stats_of(l))));   \
	}                                                                                          \
	static double name##_value(const struct line *l)                                           \
	{                                                                                          \
		return part_of(stats_of(l), part);                                                 \
	}
SHARE_COLUMN(at_once, AT_ONCE)
SHARE_COLUMN(slept, SLEPT)
SHARE_COLUMN(nothing, NOTHING)
SHARE_COLUMN(other, OTHER)

static double percentile(const struct line *l, double p)
{
	uint64_t ns = 0;

	return hist_percentile(&stats_of(l)->duration, p, &ns) ? (double)ns : -1;
}

#define TIME_COLUMN(name, p)                                                                       \
	static void name##_text(const struct line *l, char *buf, size_t size)                      \
	{                                                                                          \
		snprintf(buf, size, "%s", format_percentile(&stats_of(l)->duration, p));           \
	}                                                                                          \
	static double name##_value(const struct line *l)                                           \
	{                                                                                          \
		return percentile(l, p);                                                           \
	}
TIME_COLUMN(p50, 0.5)
TIME_COLUMN(p99, 0.99)

static void max_text(const struct line *l, char *buf, size_t size)
{
	const struct hist *h = &stats_of(l)->duration;

	snprintf(buf, size, "%s", h->count ? format_ns(h->max) : "-");
}

static double max_value(const struct line *l)
{
	return stats_of(l)->duration.max;
}

static void past_draw(const struct line *l, struct area cell)
{
	double values[MINUTE];
	unsigned n = model_calls(l->model, row_of(l), values);

	draw_spark(cell, 0, 0, cell.width, values, n);
}

/* The error that there is most of. */
static void error_text(const struct line *l, char *buf, size_t size)
{
	const struct call_stats *s = stats_of(l);
	unsigned most = 0;
	char name[32];

	for (unsigned i = 1; i < N_ERRNO_CELLS; i++)
		most = s->errors[i] > s->errors[most] ? i : most;
	snprintf(buf, size, "-");
	if (s->errors[most])
		snprintf(buf, size, "%s %s", errno_cell_name(most, name, sizeof(name)),
			 format_count(s->errors[most]));
}

static double error_value(const struct line *l)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < N_ERRNO_CELLS; i++)
		sum += stats_of(l)->errors[i];
	return sum;
}

static const struct list_column columns[] = {
	{.title = "CALL", .width = 16, .left = true, .text = name_text, .style = call_style},
	{.title = "CALLS/s",
	 .total = "CALLS",
	 .width = 9,
	 .text = calls_text,
	 .value = calls_value},
	{.title = "OUTCOME", .width = 14, .left = true, .draw = parts_draw, .value = calls_value},
	{.title = "AT ONCE", .width = 7, .from = 110, .text = at_once_text, .value = at_once_value},
	{.title = "SLEPT", .width = 7, .from = 110, .text = slept_text, .value = slept_value},
	{.title = "NOTHING", .width = 7, .from = 110, .text = nothing_text, .value = nothing_value},
	{.title = "OTHER", .width = 7, .from = 120, .text = other_text, .value = other_value},
	{.title = "p50", .width = 6, .text = p50_text, .value = p50_value},
	{.title = "p99", .width = 6, .text = p99_text, .value = p99_value},
	{.title = "max", .width = 6, .from = 90, .text = max_text, .value = max_value},
	{.title = "MOST ERRORS",
	 .width = 22,
	 .from = 150,
	 .left = true,
	 .text = error_text,
	 .value = error_value},
	{.title = "LAST MINUTE", .left = true, .draw = past_draw, .value = calls_value},
};

static void call_id(const void *row, struct row_id *id)
{
	*id = (struct row_id){{*(const unsigned *)row}};
}

static const struct listing listing = {
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(columns[0]),
	.usual = 2,
	.row_size = sizeof(unsigned),
	.id = call_id,
	.none = "No call has returned yet.",
};

/* The calls that were seen. */
static unsigned seen(const struct model *m, const unsigned **rows)
{
	static unsigned numbers[MAX_CALLS];
	unsigned n = 0;

	for (unsigned row = OTHER_CALL; row < n_calls; row++)
		if (m->now->calls[row])
			numbers[n++] = row;
	*rows = numbers;
	return n;
}

struct rows rows_of_calls(const struct model *m, const struct look *look)
{
	const unsigned *rows;
	unsigned n = seen(m, &rows);

	(void)look;
	return (struct rows){&listing, rows, n};
}

void draw_call_lines(struct area a, const struct model *m, const struct look *look)
{
	const unsigned *rows;
	unsigned n = seen(m, &rows);

	listing_draw(a, &listing, m, look, rows, n, NULL);
}

/* How long it took, by powers of two ns: a bar each, from the shortest to the longest. */
static void draw_durations(struct area a, const struct hist *h)
{
	__u64 bands[N_BANDS] = {0}, most = 0;
	unsigned y = 0;

	for (unsigned slot = 0; slot < HIST_SLOTS; slot++)
		bands[band_of(hist_floor(slot))] += h->slots[slot];
	for (unsigned i = 0; i < N_BANDS; i++)
		most = bands[i] > most ? bands[i] : most;
	draw_title(a, y++, "HOW LONG", "from, and how often");
	for (unsigned i = 0; i < N_BANDS; i++) {
		if (!bands[i])
			continue;
		area_fit(a, 1, y, 7, STYLE_PLAIN, true, format_ns(1ull << i));
		area_fit(a, 9, y, 12, STYLE_PLAIN, true, format_count(bands[i]));
		draw_level(a, 22, y++, a.width > 24 ? a.width - 24 : 0, STYLE_FIRST, bands[i],
			   most);
	}
}

static void draw_errors(struct area a, const struct call_stats *s)
{
	unsigned y = 0;
	char name[32];

	draw_title(a, y++, "ERRORS", "");
	for (unsigned i = 0; i < N_ERRNO_CELLS; i++)
		if (s->errors[i])
			area_print(a, 1, y++, STYLE_PLAIN, "%-14s %14s",
				   errno_cell_name(i, name, sizeof(name)),
				   format_count(s->errors[i]));
	if (y == 1)
		area_put(a, 1, y, STYLE_DIM, "none");
}

/* What is known of a call. */
static void draw_call(struct area a, const struct model *m, const struct look *look,
		      const unsigned *row)
{
	const struct line l = {m, look, row};
	char name[64];

	name_text(&l, name, sizeof(name));
	draw_title(a, 0, name, scope_text(m, look));
	listing_draw(area_rows(a, 1, 2), &listing, m, look, row, 1, NULL);
	draw_durations(area_columns(area_rows(a, 4, a.height), 0, a.width * 3 / 5),
		       &stats_of(&l)->duration);
	draw_errors(area_columns(area_rows(a, 4, a.height), a.width * 3 / 5 + 2, a.width),
		    stats_of(&l));
}

void draw_calls(struct area body, const struct model *m, struct look *look)
{
	const unsigned *rows, *chosen = NULL;
	unsigned n = seen(m, &rows);

	if (look->depth[SCREEN_CALLS])
		chosen = listing_find(&listing, rows, n, &look->into[SCREEN_CALLS][0]);
	if (chosen) {
		draw_call(body, m, look, chosen);
		return;
	}
	draw_title(body, 0, "SYSTEM CALLS", scope_text(m, look));
	draw_legend(body, 40, 0, call_parts, N_CALL_PARTS);
	listing_draw(area_rows(body, 1, body.height), &listing, m, look, rows, n,
		     &look->places[SCREEN_CALLS][0]);
}
