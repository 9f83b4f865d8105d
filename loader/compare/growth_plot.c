// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "growth.h"

#define AXIS   10 /* columns on the left of the field */
#define WIDEST 80 /* the field */
#define HEIGHT 15

struct plot {
	const struct growth *g;
	unsigned which;                    /* of the metrics that grow */
	int width;                         /* of the field */
	double x_min, x_max, y_min, y_max; /* logarithms */
	char field[HEIGHT][WIDEST];        /* ' ', '.' for a dot, or a letter */
};

/* The largest of 1, 2 and 5 times a power of ten that is not above v; or the smallest not below. */
static double round_number(double v, bool up)
{
	static const double steps[] = {1, 2, 5, 10};
	double power = pow(10, floor(log10(v)));
	unsigned i = 0;

	while (i < 3 && steps[i + 1] * power <= v * (1 + 1e-9))
		i++;
	if (up && i < 3 && steps[i] * power < v * (1 - 1e-9))
		i++;
	return steps[i] * power;
}

/* The median of a subject at a step; 0: there is none that could be drawn. */
static double cost_at(const struct plot *p, const struct growth_step *step, unsigned subject)
{
	const struct spread *cost = &step->cost[p->which][subject];

	return cost->n && cost->median > 0 ? cost->median : 0;
}

/* The bounds of both axes; gives the number of points. */
static unsigned measure(struct plot *p)
{
	double low = INFINITY, high = 0, left = INFINITY, right = 0;
	unsigned n = 0;

	for (unsigned s = 0; s < p->g->n_steps; s++)
		for (unsigned i = 0; i < p->g->n_subjects; i++) {
			const struct growth_step *step = &p->g->steps[s];
			double cost = cost_at(p, step, i);

			if (cost <= 0)
				continue;
			n++;
			low = fmin(low, cost);
			high = fmax(high, cost);
			left = fmin(left, step->conns);
			right = fmax(right, step->conns);
		}
	if (n < 2)
		return n;
	p->y_min = log(round_number(low, false));
	p->y_max = log(round_number(high, true));
	if (p->y_max <= p->y_min)
		p->y_max = p->y_min + log(2);
	p->x_min = log(left);
	p->x_max = log(right);
	return n;
}

static int row_of(const struct plot *p, double log_cost)
{
	return HEIGHT - 1 - lround((log_cost - p->y_min) / (p->y_max - p->y_min) * (HEIGHT - 1));
}

/* Room is left at both ends, so that points of several subjects stand side by side. */
static int column_of(const struct plot *p, double log_conns)
{
	double width = p->x_max - p->x_min;
	int room = p->width - 1 - MAX_SUBJECTS;

	return width > 0 ? lround((log_conns - p->x_min) / width * room) : room / 2;
}

static void draw_line(struct plot *p, unsigned subject, const struct growth_step *from,
		      const struct growth_step *to)
{
	double x0 = log(from->conns), x1 = log(to->conns);
	double y0 = log(cost_at(p, from, subject)), y1 = log(cost_at(p, to, subject));
	int first = column_of(p, x0), last = column_of(p, x1);

	for (int column = first + 1; column < last; column += 2) {
		double part = (double)(column - first) / (last - first);

		p->field[row_of(p, y0 + part * (y1 - y0))][column + subject] = '.';
	}
}

static void draw_lines(struct plot *p, unsigned subject)
{
	const struct growth_step *from = NULL;

	for (unsigned s = 0; s < p->g->n_steps; s++) {
		const struct growth_step *step = &p->g->steps[s];

		if (cost_at(p, step, subject) <= 0)
			continue;
		if (from)
			draw_line(p, subject, from, step);
		from = step;
	}
}

static void draw_points(struct plot *p, unsigned subject)
{
	for (unsigned s = 0; s < p->g->n_steps; s++) {
		const struct growth_step *step = &p->g->steps[s];
		double cost = cost_at(p, step, subject);

		if (cost > 0)
			p->field[row_of(p, log(cost))][column_of(p, log(step->conns)) + subject] =
				'A' + subject;
	}
}

/* The value at the left of a row: of 1, 2, 5, 10, ... the one that belongs there, or nothing. */
static const char *row_label(const struct plot *p, int row)
{
	double v = round_number(exp(p->y_min) * 1.001, false);

	for (; log(v) <= p->y_max + 1e-6; v = round_number(v * 1.5, true))
		if (row_of(p, log(v)) == row)
			return value_text(growth_unit(p->which), v);
	return "";
}

static void print_row(struct layout *l, const struct plot *p, int row)
{
	const char *label = row_label(p, row);
	int last = p->width;

	while (last > 0 && p->field[row][last - 1] == ' ')
		last--;
	lay(l, "%8s %s", label, *label ? "┤" : "│");
	for (int i = 0; i < last; i++)
		if (p->field[row][i] == '.')
			lay(l, "·");
		else
			lay(l, "%c", p->field[row][i]);
	lay(l, "\n");
}

/* Numbers of connections below their points, as many as have room. */
static void print_x_axis(struct layout *l, const struct plot *p)
{
	int at = 0;

	lay(l, "%8s └", "");
	for (int i = 0; i < p->width; i++)
		lay(l, "─");
	lay(l, "\n%10s", "");
	for (unsigned s = 0; s < p->g->n_steps; s++) {
		const char *text = format_count(p->g->steps[s].conns);
		int column = column_of(p, log(p->g->steps[s].conns));

		if (log(p->g->steps[s].conns) > p->x_max + 1e-9 || (at && column <= at))
			continue;
		if (column + (int)strlen(text) > p->width)
			column = p->width - strlen(text);
		lay(l, "%*s%s", column - at, "", text);
		at = column + (int)strlen(text);
	}
	lay(l, "\n%10sconnections   " HANG, "");
	for (unsigned i = 0; i < p->g->n_subjects; i++)
		lay(l, "%s%c %s", i ? "   " : "", 'A' + i, p->g->names[i]);
	lay(l, "\n");
}

void growth_plot(struct layout *l, const struct growth *g, unsigned which)
{
	struct plot p = {.g = g,
			 .which = which,
			 .width = l->width - AXIS < WIDEST ? l->width - AXIS : WIDEST};

	if (measure(&p) < 2)
		return;
	memset(p.field, ' ', sizeof(p.field));
	for (unsigned i = 0; i < g->n_subjects; i++)
		draw_lines(&p, i);
	for (unsigned i = 0; i < g->n_subjects; i++)
		draw_points(&p, i);
	lay(l, "%s, both axes logarithmic\n", growing[which].title);
	for (int row = 0; row < HEIGHT; row++)
		print_row(l, &p, row);
	print_x_axis(l, &p);
}
