// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The columns of tables, of which the least telling are dropped where they do not fit. */
#include <string.h>

#include "layout.h"

#define RULE " │"

/* The shown column on the left of another, or NULL. */
static const struct column *before(const struct grid *g, unsigned column)
{
	while (column--)
		if (g->width[column])
			return &g->columns[column];
	return NULL;
}

/* What parts a column from the one on its left. */
static const char *gap(const struct grid *g, unsigned column)
{
	const struct column *c = &g->columns[column], *left = before(g, column);

	if (!left)
		return "";
	if (left->group == c->group)
		return " ";
	return c->left ? RULE " " : RULE;
}

static unsigned grid_width(const struct grid *g)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < g->n; i++)
		if (g->width[i])
			sum += columns_of(gap(g, i)) + g->width[i];
	return sum;
}

/* Gives what is left of the width to the columns that can take more, a bit each in turn. */
static void widen(struct grid *g, unsigned width)
{
	unsigned room = width - grid_width(g), given;

	do {
		given = 0;
		for (unsigned i = 0; i < g->n && given < room; i++)
			if (g->width[i] && g->width[i] < g->columns[i].most) {
				g->width[i]++;
				given++;
			}
		room -= given;
	} while (given);
}

void grid_fit(struct grid *g, const struct layout *l, const struct column *columns, unsigned n)
{
	*g = (struct grid){.columns = columns, .n = n};
	for (unsigned i = 0; i < n; i++)
		g->width[i] = columns[i].least;
	while (grid_width(g) > l->width) {
		unsigned worst = 0;

		for (unsigned i = 0; i < n; i++)
			if (g->width[i] && columns[i].rank > columns[worst].rank)
				worst = i;
		if (!columns[worst].rank)
			return;
		g->width[worst] = 0;
	}
	widen(g, l->width);
}

static bool is_last(const struct grid *g, unsigned column)
{
	while (++column < g->n)
		if (g->width[column])
			return false;
	return true;
}

static void put_cells(struct layout *l, const struct grid *g, const char *const *cells)
{
	unsigned at = 0, end = 0;

	for (unsigned i = 0; i < g->n; i++) {
		const char *between = gap(g, i);
		bool left = g->columns[i].left;
		unsigned pad;

		if (!g->width[i])
			continue;
		at += columns_of(between) + columns_of(cells[i]);
		end += columns_of(between) + g->width[i];
		pad = at < end && !(left && is_last(g, i)) ? end - at : 0;
		lay(l, "%s%*s%s%*s", between, left ? 0 : pad, "", cells[i], left ? pad : 0, "");
		at += pad;
	}
}

void grid_row(struct layout *l, const struct grid *g, const char *const *cells)
{
	put_cells(l, g, cells);
	lay(l, "\n");
}

void grid_head(struct layout *l, const struct grid *g, const char *const *titles)
{
	const char *own[MAX_COLUMNS];

	for (unsigned i = 0; i < g->n; i++)
		own[i] = titles ? titles[i] : g->columns[i].title;
	lay(l, "%s", paint(l, BOLD));
	put_cells(l, g, own);
	lay(l, "%s\n", paint(l, PLAIN));
}
