// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "parts.h"

#include "counts.h"
#include "format.h"

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
