// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "parts.h"

#include "counts.h"
#include "format.h"

/* Where the bar of a sum stands in its line. */
#define SUM_BAR 20

void draw_title(struct area a, unsigned y, const char *title, const char *of)
{
	unsigned x = area_put(a, 1, y, STYLE_TITLE, title);

	area_put(a, x + 2, y, STYLE_DIM, of);
}

void draw_counts(struct area a, unsigned y, const struct model *m, unsigned keeper, unsigned first,
		 unsigned n, const __u64 *now, const __u64 *second)
{
	area_print(a, 1, y, STYLE_TITLE, "%-24s %14s %14s", "COUNT", "SINCE START", "LAST SECOND");
	for (unsigned i = 0; i < n; i++) {
		const struct count_row *row = count_row(keeper, first + i);

		if (!row)
			continue;
		area_print(a, 1, ++y, now[i] ? STYLE_PLAIN : STYLE_DIM, "%-24s %14s %14s",
			   row->label ? row->label : row->name, format_count(now[i]),
			   format_rate(second[i], m->second->time));
	}
}

unsigned draw_sum(struct area a, unsigned y, const struct line *l, const struct sum *sum)
{
	const char *per = scope_is_second(l->model, l->look) ? "/s" : "";
	unsigned bar = a.width < 100 ? 8 : a.width / 5;
	unsigned x = area_print(a, 1, y, STYLE_TITLE, "%s%s", sum->title, per);

	area_fit(a, x, y, SUM_BAR - 1 - x, STYLE_PLAIN, true, scope_count(l, sum->whole));
	draw_parts(a, SUM_BAR, y, bar, sum->parts, sum->values, sum->n);
	x = SUM_BAR + bar + 2;
	for (unsigned i = 0; i < sum->n; i++) {
		if (i == sum->seldom && !sum->values[i])
			continue;
		x = area_put(a, x, y, sum->parts[i].style, sum->parts[i].mark);
		x = area_print(a, x, y, STYLE_PLAIN, " %s %s  ",
			       sum->names ? sum->names[i] : sum->parts[i].name,
			       scope_count(l, sum->values[i]));
	}
	return x;
}
