// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "marks.h"

#include <math.h>

#define N_HEIGHTS 8

static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
static const char *const heights[N_HEIGHTS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const heats[HEATS] = {"·", "░", "▒", "▓", "█"};

/* How many columns each part gets: what it has a right to, one at least, and in the end as many as
 * there are. */
static void share_out(unsigned width, const __u64 *values, unsigned n, unsigned *columns)
{
	__u64 sum = 0;
	unsigned given = 0, largest = 0;

	for (unsigned i = 0; i < n; i++) {
		sum += values[i];
		largest = values[i] > values[largest] ? i : largest;
	}
	for (unsigned i = 0; i < n; i++) {
		columns[i] = sum ? (unsigned)((double)width * values[i] / sum) : 0;
		if (values[i] && !columns[i])
			columns[i] = 1;
		given += columns[i];
	}
	if (!sum)
		return;
	if (given < width)
		columns[largest] += width - given;
	else
		columns[largest] -= given - width < columns[largest] ? given - width : 0;
}

void draw_parts(struct area a, unsigned x, unsigned y, unsigned width, const struct part *parts,
		const __u64 *values, unsigned n)
{
	struct area bar = area_columns(a, x, width);
	unsigned columns[MAX_PARTS], at = 0;

	share_out(bar.width, values, n, columns);
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < columns[i]; k++)
			at = area_put(bar, at, y, parts[i].style, parts[i].mark);
}

unsigned draw_legend(struct area a, unsigned x, unsigned y, const struct part *parts, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		x = area_put(a, x, y, parts[i].style, parts[i].mark);
		x = area_print(a, x, y, STYLE_DIM, " %s  ", parts[i].name);
	}
	return x;
}

void draw_level(struct area a, unsigned x, unsigned y, unsigned width, enum style style, __u64 part,
		__u64 whole)
{
	struct area bar = area_columns(a, x, width);
	double level = whole ? (double)part / whole : 0;
	unsigned all = level < 1 ? (unsigned)lround(level * bar.width * 8) : bar.width * 8;
	unsigned at = 0;

	if (part && !all)
		all = 1;
	for (; at < all / 8; at++)
		area_put(bar, at, y, style, "█");
	if (all % 8)
		area_put(bar, at, y, style, eighths[all % 8]);
}

void draw_spark(struct area a, unsigned x, unsigned y, unsigned width, const double *values,
		unsigned n)
{
	struct area line = area_columns(a, x, width);
	unsigned shown = n < line.width ? n : line.width;
	double most = 0;

	values += n - shown;
	for (unsigned i = 0; i < shown; i++)
		most = fmax(most, values[i]);
	for (unsigned i = 0; i < shown; i++) {
		unsigned height =
			most > 0 ? (unsigned)lround(values[i] / most * (N_HEIGHTS - 1)) : 0;

		if (values[i] > 0)
			area_put(line, line.width - shown + i, y, STYLE_SPARK, heights[height]);
		else
			area_put(line, line.width - shown + i, y, STYLE_DIM, "·");
	}
}

/* By powers: what is seldom is to be seen beside what is usual. */
void draw_heat(struct area a, unsigned x, unsigned y, __u64 value, __u64 most)
{
	double share = most > 1 ? log2(1 + (double)value) / log2(1 + (double)most) : value;
	unsigned heat = (unsigned)(share * HEATS);

	if (value)
		area_put(a, x, y, STYLE_HEAT + (heat < HEATS ? heat : HEATS - 1),
			 heats[heat < HEATS ? heat : HEATS - 1]);
}
