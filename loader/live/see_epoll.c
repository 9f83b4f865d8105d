// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* epoll: what waits now, instances, what is registered, and whether reports tell something new. */
#include <string.h>
#include <sys/epoll.h>

#include "counts.h"
#include "format.h"
#include "marks.h"
#include "names.h"
#include "parts.h"
#include "see.h"

enum { FRESH, AGAIN, UNCLEAR, N_REPORT_PARTS };

static const struct part report_parts[N_REPORT_PARTS] = {
	[FRESH] = {.mark = "█", .style = STYLE_FIRST, .name = "fresh"},
	[AGAIN] = {.mark = "╳", .style = STYLE_THIRD, .name = "again, nothing new"},
	[UNCLEAR] = {.mark = "░", .style = STYLE_FOURTH, .name = "unclear"},
};

/* Of counts of which that of edges is the first. */
static void report_values(const __u64 *v, __u64 values[N_REPORT_PARTS])
{
	values[FRESH] = v[INTEREST_COUNT_FRESH];
	values[AGAIN] = v[INTEREST_COUNT_REREPORTS];
	values[UNCLEAR] = v[INTEREST_COUNT_UNKNOWN] + v[INTEREST_COUNT_AMBIGUOUS];
}

/* Both lists have rows with counts of interests. */
static const __u64 *counts_of_epoll(const struct line *l)
{
	const struct epoll_line *e = l->row;

	return scope_is_second(l->model, l->look) ? e->v : e->epoll->state.v;
}

static const __u64 *counts_of_interest(const struct line *l)
{
	const struct interest_line *i = l->row;

	return scope_is_second(l->model, l->look) ? i->v : i->interest->v;
}

#define COUNT_COLUMN(list, name, count)                                                            \
	static void list##_##name##_text(const struct line *l, char *buf, size_t size)             \
	{                                                                                          \
		snprintf(buf, size, "%s", scope_count(l, counts_of_##list(l)[count]));             \
	}                                                                                          \
	static double list##_##name##_value(const struct line *l)                                  \
	{                                                                                          \
		return counts_of_##list(l)[count];                                                 \
	}
#define COUNT_COLUMNS(list)                                                                        \
	COUNT_COLUMN(list, reports, INTEREST_COUNT_REPORTS)                                        \
	COUNT_COLUMN(list, merged, INTEREST_COUNT_MERGED)                                          \
	COUNT_COLUMN(list, again, INTEREST_COUNT_REREPORTS)                                        \
	COUNT_COLUMN(list, edges, INTEREST_COUNT_EDGES)                                            \
	static void list##_draw(const struct line *l, struct area cell)                            \
	{                                                                                          \
		__u64 values[N_REPORT_PARTS];                                                      \
                                                                                                   \
		report_values(counts_of_##list(l), values);                                        \
		draw_parts(cell, 0, 0, cell.width, report_parts, values, N_REPORT_PARTS);          \
	}
COUNT_COLUMNS(epoll)
COUNT_COLUMNS(interest)

static void epoll_text(const struct line *l, char *buf, size_t size)
{
	const struct epoll_line *e = l->row;

	snprintf(buf, size, "fd %u of process %u", e->epoll->state.fd, e->epoll->state.tgid);
}

static void epoll_interests_text(const struct line *l, char *buf, size_t size)
{
	const struct epoll_line *e = l->row;

	snprintf(buf, size, "%s", format_count(e->epoll->interests));
}

static double epoll_interests_value(const struct line *l)
{
	return ((const struct epoll_line *)l->row)->epoll->interests;
}

/* Stalls are few, and each matters: they are counted since the start. */
static void epoll_stalls_text(const struct line *l, char *buf, size_t size)
{
	const struct epoll_line *e = l->row;

	snprintf(buf, size, "%s", format_count(e->epoll->state.v[INTEREST_COUNT_STALLS]));
}

static double epoll_stalls_value(const struct line *l)
{
	return ((const struct epoll_line *)l->row)->epoll->state.v[INTEREST_COUNT_STALLS];
}

static const struct list_column epoll_columns[] = {
	{.title = "INSTANCE", .width = 24, .left = true, .text = epoll_text},
	{.title = "INTERESTS",
	 .width = 9,
	 .text = epoll_interests_text,
	 .value = epoll_interests_value},
	{.title = "REPORTS/s",
	 .total = "REPORTS",
	 .width = 10,
	 .text = epoll_reports_text,
	 .value = epoll_reports_value},
	{.title = "FRESH OR AGAIN", .left = true, .draw = epoll_draw, .value = epoll_again_value},
	{.title = "AGAIN/s",
	 .total = "AGAIN",
	 .width = 9,
	 .text = epoll_again_text,
	 .value = epoll_again_value},
	{.title = "MERGED/s",
	 .total = "MERGED",
	 .width = 9,
	 .from = 100,
	 .text = epoll_merged_text,
	 .value = epoll_merged_value},
	{.title = "EDGES/s",
	 .total = "EDGES",
	 .width = 9,
	 .from = 120,
	 .text = epoll_edges_text,
	 .value = epoll_edges_value},
	{.title = "STALLS", .width = 6, .text = epoll_stalls_text, .value = epoll_stalls_value},
};

static void epoll_id(const void *row, struct row_id *id)
{
	*id = (struct row_id){{((const struct epoll_line *)row)->epoll->id}};
}

static const struct listing epolls = {
	.columns = epoll_columns,
	.n_columns = sizeof(epoll_columns) / sizeof(epoll_columns[0]),
	.usual = 3,
	.row_size = sizeof(struct epoll_line),
	.id = epoll_id,
	.none = "No epoll instance has been seen.",
};

static void interest_text(const struct line *l, char *buf, size_t size)
{
	const struct interest_line *i = l->row;

	snprintf(buf, size, "fd %u  %s", i->interest->fd,
		 i->interest->kind < N_FILE_KINDS ? file_kinds[i->interest->kind] : "");
}

/* In the words of the manual page. */
static const char *trigger(const struct interest *i)
{
	if (interest_is_disarmed(i))
		return "disarmed";
	if (i->events & EPOLLONESHOT)
		return i->events & EPOLLET ? "one-shot, edge" : "one-shot";
	return i->events & EPOLLET ? "edge" : "level";
}

static void trigger_text(const struct line *l, char *buf, size_t size)
{
	snprintf(buf, size, "%s", trigger(((const struct interest_line *)l->row)->interest));
}

static void events_text(const struct line *l, char *buf, size_t size)
{
	interest_events_text(((const struct interest_line *)l->row)->interest->events, buf, size);
}

static const struct list_column interest_columns[] = {
	{.title = "DESCRIPTOR", .width = 22, .left = true, .text = interest_text},
	{.title = "TRIGGER", .width = 14, .left = true, .text = trigger_text},
	{.title = "REPORTS/s",
	 .total = "REPORTS",
	 .width = 10,
	 .text = interest_reports_text,
	 .value = interest_reports_value},
	{.title = "FRESH OR AGAIN",
	 .left = true,
	 .draw = interest_draw,
	 .value = interest_again_value},
	{.title = "AGAIN/s",
	 .total = "AGAIN",
	 .width = 9,
	 .text = interest_again_text,
	 .value = interest_again_value},
	{.title = "MERGED/s",
	 .total = "MERGED",
	 .width = 9,
	 .from = 100,
	 .text = interest_merged_text,
	 .value = interest_merged_value},
	{.title = "EDGES/s",
	 .total = "EDGES",
	 .width = 9,
	 .from = 120,
	 .text = interest_edges_text,
	 .value = interest_edges_value},
	{.title = "REGISTERED FOR", .width = 40, .from = 150, .left = true, .text = events_text},
};

static void interest_id(const void *row, struct row_id *id)
{
	const struct interest *i = ((const struct interest_line *)row)->interest;

	*id = (struct row_id){{i->key.epoll, i->key.data, i->file}};
}

static const struct listing interests = {
	.columns = interest_columns,
	.n_columns = sizeof(interest_columns) / sizeof(interest_columns[0]),
	.usual = 3,
	.row_size = sizeof(struct interest_line),
	.id = interest_id,
	.none = "Nothing is registered now.",
};

/* Those of the instance that was chosen; of all where none was. */
static struct rows interests_of(const struct model *m, const struct look *look)
{
	static struct interest_line chosen[MAX_ROWS];
	__u64 id = look->depth[SCREEN_EPOLL] ? look->into[SCREEN_EPOLL][0].id[0] : 0;
	unsigned n = 0;

	for (unsigned i = 0; i < m->n_interests; i++)
		if (!id || m->interests[i].interest->key.epoll == id)
			chosen[n++] = m->interests[i];
	return (struct rows){&interests, chosen, n};
}

struct rows rows_of_epoll(const struct model *m, const struct look *look)
{
	if (look->depth[SCREEN_EPOLL])
		return interests_of(m, look);
	return (struct rows){&epolls, m->epolls, m->n_epolls};
}

/* What is known of a descriptor. */
static void draw_interest(struct area a, const struct model *m, const struct interest_line *i)
{
	const struct interest *in = i->interest;
	char title[96], events[128];

	snprintf(title, sizeof(title), "DESCRIPTOR %u, %s", in->fd,
		 in->kind < N_FILE_KINDS ? file_kinds[in->kind] : "");
	draw_title(a, 0, title, trigger(in));
	if (i->epoll)
		area_print(a, 1, 1, STYLE_PLAIN, "of the epoll instance fd %u of process %u: %s",
			   i->epoll->state.fd, i->epoll->state.tgid,
			   interest_events_text(in->events, events, sizeof(events)));
	draw_counts(a, 3, m, KEPT_BY_INTEREST, COUNT_EDGES, N_INTEREST_COUNTS, in->v, i->v);
}

void draw_reports(struct area a, unsigned y, const struct model *m, const struct look *look)
{
	static const char *const names[] = {"fresh", "again", "unclear"};
	const struct snapshot *s = scope_of(m, look);
	const struct line l = {m, look, NULL};
	__u64 values[N_REPORT_PARTS];
	const struct sum sum = {.title = "REPORTS",
				.whole = s->counters[COUNT_REPORTS],
				.parts = report_parts,
				.names = names,
				.values = values,
				.n = N_REPORT_PARTS,
				.seldom = UNCLEAR};

	report_values(&s->counters[COUNT_EDGES], values);
	area_print(a, draw_sum(a, y, &l, &sum), y, STYLE_PLAIN, "merged %s  stalls %s",
		   scope_count(&l, s->counters[COUNT_MERGED]),
		   format_count(m->now->counters[COUNT_STALLS]));
}

/* What waits now takes as many rows as it needs, instances a third of the rest. */
void draw_epoll(struct area body, const struct model *m, struct look *look)
{
	unsigned depth = look->depth[SCREEN_EPOLL], waits = m->n_waiting ? m->n_waiting + 2 : 0;
	struct rows rows = interests_of(m, look);
	const struct interest_line *chosen = NULL;
	struct place *places = look->places[SCREEN_EPOLL];
	unsigned top;

	if (depth == 2)
		chosen = listing_find(&interests, rows.rows, rows.n, &look->into[SCREEN_EPOLL][1]);
	if (chosen) {
		draw_interest(body, m, chosen);
		return;
	}
	waits = waits > body.height / 3 ? body.height / 3 : waits;
	draw_waiting(area_rows(body, 0, waits), m, look);
	top = waits;
	draw_title(body, top, "EPOLL", scope_text(m, look));
	draw_legend(body, 40, top++, report_parts, N_REPORT_PARTS);
	if (!depth) {
		unsigned n = m->n_epolls + 1 < body.height / 3 ? m->n_epolls + 1 : body.height / 3;

		n = n < 2 ? 2 : n;
		listing_draw(area_rows(body, top, n), &epolls, m, look, m->epolls, m->n_epolls,
			     &places[0]);
		top += n + 1;
	}
	listing_draw(area_rows(body, top, body.height), &interests, m, look, rows.rows, rows.n,
		     depth ? &places[1] : NULL);
}
