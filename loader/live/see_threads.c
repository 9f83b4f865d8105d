// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Threads by what woke them: whether it was worth it. */
#include <string.h>

#include "counts.h"
#include "format.h"
#include "marks.h"
#include "names.h"
#include "parts.h"
#include "see.h"
#include "visible.h"

enum { USEFUL, HANDED, WASTED, ABSORBED, N_WAKE_PARTS };

static const struct part wake_parts[N_WAKE_PARTS] = {
	[USEFUL] = {.mark = "█", .style = STYLE_FIRST, .name = "useful"},
	[HANDED] = {.mark = "▓", .style = STYLE_SECOND, .name = "handed on"},
	[WASTED] = {.mark = "╳", .style = STYLE_THIRD, .name = "wasted"},
	[ABSORBED] = {.mark = "░", .style = STYLE_FOURTH, .name = "absorbed"},
};

static const __u64 *counts(const struct line *l)
{
	const struct thread_line *t = l->row;

	return scope_is_second(l->model, l->look) ? t->v : t->thread->v;
}

static void thread_text(const struct line *l, char *buf, size_t size)
{
	const struct thread_line *t = l->row;

	snprintf(buf, size, "%7u %.*s", t->thread->key.tid, COMM_LEN, t->thread->comm);
}

static void process_text(const struct line *l, char *buf, size_t size)
{
	const struct thread_line *t = l->row;

	snprintf(buf, size, "%u", t->thread->tgid);
}

static void wakes_text(const struct line *l, char *buf, size_t size)
{
	snprintf(buf, size, "%s", scope_count(l, counts(l)[THREAD_COUNT_WAKES]));
}

static double wakes_value(const struct line *l)
{
	return counts(l)[THREAD_COUNT_WAKES];
}

static void share_text(const struct line *l, unsigned count, char *buf, size_t size)
{
	snprintf(buf, size, "%s", format_share(counts(l)[count], counts(l)[THREAD_COUNT_WAKES]));
}

#define SHARE_COLUMN(name, count)                                                                  \
	static void name##_text(const struct line *l, char *buf, size_t size)                      \
	{                                                                                          \
		share_text(l, count, buf, size);                                                   \
	}                                                                                          \
	static double name##_value(const struct line *l)                                           \
	{                                                                                          \
		return counts(l)[count];                                                           \
	}
SHARE_COLUMN(useful, THREAD_COUNT_USEFUL)
SHARE_COLUMN(handed, THREAD_COUNT_HANDED)
SHARE_COLUMN(wasted, THREAD_COUNT_WASTED)
SHARE_COLUMN(absorbed, THREAD_COUNT_ABSORBED)

static void wakes_draw(const struct line *l, struct area cell)
{
	const __u64 *v = counts(l);
	const __u64 parts[N_WAKE_PARTS] = {
		[USEFUL] = v[THREAD_COUNT_USEFUL],
		[HANDED] = v[THREAD_COUNT_HANDED],
		[WASTED] = v[THREAD_COUNT_WASTED],
		[ABSORBED] = v[THREAD_COUNT_ABSORBED],
	};

	draw_parts(cell, 0, 0, cell.width, wake_parts, parts, N_WAKE_PARTS);
}

static const struct list_column columns[] = {
	{.title = "    TID THREAD", .width = 24, .left = true, .text = thread_text},
	{.title = "PROCESS", .width = 8, .from = 96, .text = process_text},
	{.title = "WAKES/s",
	 .total = "WAKES",
	 .width = 9,
	 .text = wakes_text,
	 .value = wakes_value},
	{.title = "OUTCOME", .left = true, .draw = wakes_draw, .value = wakes_value},
	{.title = "USEFUL", .width = 7, .text = useful_text, .value = useful_value},
	{.title = "HANDED", .width = 7, .from = 90, .text = handed_text, .value = handed_value},
	{.title = "WASTED", .width = 7, .text = wasted_text, .value = wasted_value},
	{.title = "ABSORBED", .width = 8, .text = absorbed_text, .value = absorbed_value},
};

static void thread_id(const void *row, struct row_id *id)
{
	const struct thread_line *t = row;

	*id = (struct row_id){{t->thread->key.tid, t->thread->key.start}};
}

static const struct listing threads = {
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(columns[0]),
	.usual = 3,
	.row_size = sizeof(struct thread_line),
	.id = thread_id,
	.none = "No thread has been woken in a wait yet.",
};

struct rows rows_of_threads(const struct model *m, const struct look *look)
{
	(void)look;
	return (struct rows){&threads, m->threads, m->n_threads};
}

void draw_thread_lines(struct area a, const struct model *m, const struct look *look)
{
	listing_draw(a, &threads, m, look, m->threads, m->n_threads, NULL);
}

/* What is known of a thread. */
static void draw_thread(struct area a, const struct model *m, const struct thread_line *t)
{
	char name[VISIBLE_SIZE(COMM_LEN + 1)], raw[COMM_LEN + 1], title[160];
	const struct command_lines *lines = &m->now->now.commands;
	char command[VISIBLE_SIZE(COMMAND_SIZE)] = "";

	snprintf(raw, sizeof(raw), "%.*s", COMM_LEN, t->thread->comm);
	for (unsigned i = 0; i < rows_kept(lines->n, MAX_COMMANDS); i++)
		if (lines->rows[i].pid == t->thread->tgid)
			visible(lines->rows[i].line, command, sizeof(command));
	snprintf(title, sizeof(title), "THREAD %u %s", t->thread->key.tid,
		 visible(raw, name, sizeof(name)));
	draw_title(a, 0, title, "");
	area_print(a, 1, 1, STYLE_PLAIN, "of process %u  %s", t->thread->tgid, command);
	draw_counts(a, 3, m, KEPT_BY_THREAD, 0, N_THREAD_COUNTS, t->thread->v, t->v);
}

void draw_threads(struct area body, const struct model *m, struct look *look)
{
	const struct thread_line *t = NULL;

	if (look->depth[SCREEN_THREADS])
		t = listing_find(&threads, m->threads, m->n_threads,
				 &look->into[SCREEN_THREADS][0]);
	if (t) {
		draw_thread(body, m, t);
		return;
	}
	draw_title(body, 0, "THREADS WOKEN", scope_text(m, look));
	draw_legend(body, 40, 0, wake_parts, N_WAKE_PARTS);
	listing_draw(area_rows(body, 1, body.height), &threads, m, look, m->threads, m->n_threads,
		     &look->places[SCREEN_THREADS][0]);
	if (m->now->now.n_threads > m->n_threads)
		area_print(body, 1, body.height - 1, STYLE_DIM,
			   "and %u more threads, with fewer wakes",
			   m->now->now.n_threads - m->n_threads);
}

/* The same of all threads together. */
void draw_wakes(struct area a, unsigned y, const struct model *m, const struct look *look)
{
	const struct snapshot *s = scope_of(m, look);
	const struct line l = {m, look, NULL};
	const __u64 values[N_WAKE_PARTS] = {
		[USEFUL] = s->counters[COUNT_USEFUL],
		[HANDED] = s->counters[COUNT_HANDED],
		[WASTED] = s->counters[COUNT_WASTED],
		[ABSORBED] = s->counters[COUNT_ABSORBED],
	};
	const struct sum sum = {.title = "WAKES",
				.whole = s->counters[COUNT_WAKES],
				.parts = wake_parts,
				.values = values,
				.n = N_WAKE_PARTS,
				.seldom = HANDED};

	if (m->info->sees & SEES_WAKES) {
		draw_sum(a, y, &l, &sum);
		return;
	}
	area_put(a, 1, y, STYLE_TITLE, scope_is_second(m, look) ? "WAKES/s" : "WAKES");
	area_put(a, 12, y, STYLE_DIM, "not watched (--only)");
}
