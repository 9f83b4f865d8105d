// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "listing.h"

#include <string.h>

#include "format.h"
#include "visible.h"

#define GAP 1 /* between columns */

/* Rows in the order in which they are shown. */
struct order {
	const struct listing *t;
	const struct list_column *column; /* NULL: as they come */
	bool inverted;
	struct line lines[MAX_LINES];
	unsigned n;
};

/* Where nothing returns any more, as in a stall, what was so before is what there is to see. */
bool scope_is_second(const struct model *m, const struct look *look)
{
	if (look->scope != SCOPE_FITTING)
		return look->scope == SCOPE_SECOND;
	if (m->end)
		return false;
	for (unsigned row = 0; row < MAX_CALLS; row++)
		if (m->second->calls[row])
			return true;
	return false;
}

const struct snapshot *scope_of(const struct model *m, const struct look *look)
{
	return scope_is_second(m, look) ? m->second : m->now;
}

const char *scope_count(const struct line *l, __u64 n)
{
	if (scope_is_second(l->model, l->look))
		return format_rate(n, l->model->second->time);
	return format_count(n);
}

const char *scope_text(const struct model *m, const struct look *look)
{
	return scope_is_second(m, look) ? "in the last second" : "since the start";
}

static void cell_text(const struct list_column *c, const struct line *l, char *buf)
{
	char raw[CELL_SIZE];

	*buf = '\0';
	if (!c->text)
		return;
	c->text(l, raw, sizeof(raw));
	visible(raw, buf, CELL_SIZE);
}

static bool holds(const struct listing *t, const struct line *l, const char *text)
{
	char buf[CELL_SIZE];

	for (unsigned i = 0; i < t->n_columns; i++) {
		cell_text(&t->columns[i], l, buf);
		if (strcasestr(buf, text))
			return true;
	}
	return false;
}

static int compare(const struct order *o, const struct line *a, const struct line *b)
{
	char text_a[CELL_SIZE], text_b[CELL_SIZE];
	double x, y;

	if (!o->column->value) {
		cell_text(o->column, a, text_a);
		cell_text(o->column, b, text_b);
		return strcmp(text_a, text_b);
	}
	x = o->column->value(a);
	y = o->column->value(b);
	return (x < y) - (x > y);
}

/* Rows that are alike stay as they come: by insertion, for there are few. */
static void insert(struct order *o, const struct line *line)
{
	unsigned at = o->n;

	if (o->n == MAX_LINES)
		return;
	while (o->column && at) {
		int order = compare(o, line, &o->lines[at - 1]);

		if (o->inverted ? order <= 0 : order >= 0)
			break;
		at--;
	}
	memmove(&o->lines[at + 1], &o->lines[at], (o->n++ - at) * sizeof(o->lines[0]));
	o->lines[at] = *line;
}

static void put_in_order(struct order *o, const struct listing *t, const struct model *m,
			 const struct look *look, const void *rows, unsigned n,
			 const struct place *place)
{
	unsigned column = place && place->column ? place->column : t->usual;

	*o = (struct order){.t = t, .inverted = place && place->inverted};
	o->column = column ? &t->columns[column - 1] : NULL;
	for (unsigned i = 0; i < n; i++) {
		const struct line line = {m, look, (const char *)rows + i * t->row_size};

		if (!place || !*look->filter || holds(t, &line, look->filter))
			insert(o, &line);
	}
}

/* How wide each column is; 0: it is left out. */
static void fit(const struct listing *t, unsigned room, unsigned *widths)
{
	unsigned used = 0, wide = t->n_columns;

	for (unsigned i = 0; i < t->n_columns; i++) {
		widths[i] = t->columns[i].from > room ? 0 : t->columns[i].width;
		if (t->columns[i].from > room)
			continue;
		used += widths[i] + GAP;
		if (!t->columns[i].width)
			wide = i;
	}
	if (wide < t->n_columns && used < room)
		widths[wide] = room - used;
}

static void draw_titles(struct area a, const struct listing *t, const struct order *o,
			const struct model *m, const struct look *look, const unsigned *widths,
			bool keys)
{
	bool second = scope_is_second(m, look);
	unsigned x = GAP;

	for (unsigned i = 0; i < t->n_columns; i++) {
		const struct list_column *c = &t->columns[i];
		const char *title = !second && c->total ? c->total : c->title;
		char marked[64];

		if (!widths[i])
			continue;
		snprintf(marked, sizeof(marked), "%s%s", title,
			 !keys || c != o->column ? ""
			 : o->inverted           ? "▲"
						 : "▼");
		area_fit(a, x, 0, widths[i], STYLE_TITLE, !c->left, marked);
		x += widths[i] + GAP;
	}
}

static void draw_row(struct area a, unsigned y, const struct listing *t, const struct line *l,
		     const unsigned *widths)
{
	unsigned x = GAP;
	char text[CELL_SIZE];

	for (unsigned i = 0; i < t->n_columns; i++) {
		const struct list_column *c = &t->columns[i];
		enum style style = c->style ? c->style(l) : STYLE_PLAIN;

		if (!widths[i])
			continue;
		if (c->draw)
			c->draw(l, area_rows(area_columns(a, x, widths[i]), y, 1));
		cell_text(c, l, text);
		area_fit(a, x, y, widths[i], style, !c->left, text);
		x += widths[i] + GAP;
	}
}

/* The selected row is to be seen, and there may be fewer rows than there were. */
static void follow(struct place *p, unsigned n, unsigned room)
{
	p->n = n;
	if (p->selected >= n)
		p->selected = n ? n - 1 : 0;
	if (p->first > p->selected)
		p->first = p->selected;
	if (room && p->selected >= p->first + room)
		p->first = p->selected - room + 1;
	if (p->first + room > n)
		p->first = n > room ? n - room : 0;
}

void listing_draw(struct area a, const struct listing *t, const struct model *m,
		  const struct look *look, const void *rows, unsigned n, struct place *place)
{
	unsigned widths[16], room = a.height ? a.height - 1 : 0, first = 0;
	static struct order o;

	put_in_order(&o, t, m, look, rows, n, place);
	fit(t, a.width > GAP ? a.width - GAP : 0, widths);
	draw_titles(a, t, &o, m, look, widths, place);
	if (!o.n && a.height > 1)
		area_put(a, GAP, 1, STYLE_DIM, n ? "No row holds what the filter says." : t->none);
	if (place) {
		follow(place, o.n, room);
		place->top = a.y + 1;
		first = place->first;
	}
	for (unsigned i = 0; i < room && first + i < o.n; i++) {
		draw_row(a, 1 + i, t, &o.lines[first + i], widths);
		if (!place || first + i != place->selected)
			continue;
		area_paint(a, 0, 1 + i, a.width, STYLE_SELECTED);
		if (t->id)
			t->id(o.lines[first + i].row, &place->at);
	}
}

bool listing_search(const struct listing *t, const struct model *m, const struct look *look,
		    const void *rows, unsigned n, struct place *place, const char *text)
{
	static struct order o;

	put_in_order(&o, t, m, look, rows, n, place);
	for (unsigned i = 1; i <= o.n; i++) {
		unsigned at = (place->selected + i) % o.n;

		if (holds(t, &o.lines[at], text)) {
			place->selected = at;
			return true;
		}
	}
	return false;
}

const void *listing_find(const struct listing *t, const void *rows, unsigned n,
			 const struct row_id *id)
{
	for (unsigned i = 0; i < n; i++) {
		const char *row = (const char *)rows + i * t->row_size;
		struct row_id of = {{0}};

		t->id(row, &of);
		if (!memcmp(&of, id, sizeof(of)))
			return row;
	}
	return NULL;
}
