// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Everything at a glance, in the order in which one asks: what waits, what runs, how late. */
#include "marks.h"
#include "see.h"

#define LEAST_LIST 3  /* the titles and two rows */
#define MOST_WAY   26 /* rows of the way of a wakeup and its map */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many rows lists get of those that there are: threads a third, calls the rest. */
static unsigned threads_room(const struct model *m, unsigned room)
{
	unsigned want = (m->n_threads ? m->n_threads : 1) + 1, third = room / 3;

	return least(want, third > LEAST_LIST ? third : LEAST_LIST);
}

static void draw_lists(struct area a, const struct model *m, const struct look *look)
{
	unsigned threads = threads_room(m, a.height);

	draw_thread_lines(area_rows(a, 0, threads), m, look);
	if (a.height > 20)
		threads++; /* an empty row between them */
	draw_call_lines(area_rows(a, threads, a.height), m, look);
}

/* The way of a wakeup, and beside it or below it the map. */
static void draw_way(struct area a, const struct model *m, const struct look *look)
{
	unsigned half = a.width >= 120 ? a.width * 3 / 5 : a.width;

	area_rule(a, 0, STYLE_DIM);
	area_put(a, 3, 0, STYLE_TITLE, " FROM READY TO RETURN ");
	area_print(a, 26, 0, STYLE_DIM, " %s ", scope_text(m, look));
	draw_pipeline(area_columns(area_rows(a, 1, 3), 0, half), m, look);
	draw_wakes(a, a.height - 2, m, look);
	draw_source(a, a.height - 1, m, look);
	if (half < a.width)
		draw_heat_map(area_columns(area_rows(a, 1, a.height - 3), half, a.width), m);
	else if (a.height > 11)
		draw_heat_map(area_rows(a, 4, a.height - 6), m);
}

/* The lists get what they need, and the way at least so much; what is left is for its map. */
static unsigned way_room(const struct model *m, const struct look *look, unsigned height)
{
	unsigned lists = 2 + m->n_threads + 2 + rows_of_calls(m, look).n;
	unsigned want = height > 40 ? 18 : height > 28 ? 14 : height > 22 ? 9 : 6;

	if (height > lists + want)
		want = least(height - lists, MOST_WAY);
	return want;
}

void draw_overview(struct area body, const struct model *m, struct look *look)
{
	unsigned waits = m->n_waiting ? least(m->n_waiting + 1, body.height / 5 + 1) : 0;
	unsigned way = way_room(m, look, body.height - waits);

	draw_waiting(area_rows(body, 0, waits), m, look);
	draw_lists(area_rows(body, waits, body.height - waits - way), m, look);
	draw_way(area_rows(body, body.height - way, way), m, look);
}
