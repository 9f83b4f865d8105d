// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "drawn_page.h"

#include <string.h>

#include "characters.h"
#include "layout.h"
#include "strip.h"
#include "visible.h"

#define GAP          2  /* columns between two lanes, and a line in the middle */
#define MOST_COLUMNS 96 /* of a lane: what is wider is read no better */

/* Lanes that are beside each other. */
struct band {
	const struct drawn_page *p;
	struct strip strips[DRAWN_LANES];
	unsigned n;
	bool utf8, over; /* nobody wants more */
	unsigned width;
};

static void end_line(struct band *b, bool row)
{
	fputc('\n', b->p->out);
	b->over |= b->p->printed && !b->p->printed(b->p->ctx, row);
}

/* Prints without the spaces at the end. */
static void print_line(struct band *b, char (*texts)[STRIP_SIZE], bool row)
{
	const char *between = b->utf8 ? "│ " : "| ";
	char line[DRAWN_LANES * STRIP_SIZE];
	size_t len = 0;

	for (unsigned i = 0; i < b->n; i++)
		len += snprintf(line + len, sizeof(line) - len, "%s%s", i ? between : "", texts[i]);
	while (len && line[len - 1] == ' ')
		len--;
	fwrite(line, 1, len, b->p->out);
	end_line(b, row);
}

static void print_titles(struct band *b)
{
	char texts[DRAWN_LANES][STRIP_SIZE];

	for (unsigned i = 0; i < b->n; i++)
		strip_fill(&b->strips[i], b->strips[i].title, texts[i]);
	print_line(b, texts, false);
}

/* "── arrival 2 ────────" */
static void print_heading(struct band *b, const char *title)
{
	const char *dash = b->utf8 ? "─" : "-";
	unsigned width = b->n * b->strips[0].width + (b->n - 1) * GAP;

	fprintf(b->p->out, "%s%s %s ", dash, dash, title);
	for (size_t at = strlen(title) + 4; at < width; at++)
		fputs(dash, b->p->out);
	end_line(b, false);
}

static void print_rows(struct band *b)
{
	char texts[DRAWN_LANES][STRIP_SIZE];
	bool any = true;

	while (any && !b->over) {
		any = false;
		for (unsigned i = 0; i < b->n; i++) {
			bool goes_on = strip_goes_on(&b->strips[i]);

			any |= goes_on;
			if (goes_on)
				strip_row(&b->strips[i], texts[i]);
			else
				strip_fill(&b->strips[i], "", texts[i]);
		}
		if (any)
			print_line(b, texts, true);
	}
}

static void print_sums(struct band *b, bool all)
{
	char texts[DRAWN_LANES][STRIP_SIZE];
	bool any = true;

	for (unsigned n = 0; any && !b->over; n++) {
		any = false;
		for (unsigned i = 0; i < b->n; i++) {
			const struct strip *s = &b->strips[i];

			if (strip_sum(s, all ? s->all : s->part, n, texts[i]))
				any = true;
			else
				strip_fill(s, "", texts[i]);
		}
		if (any)
			print_line(b, texts, false);
	}
}

/* Begins the next section of those that have one of its kind. */
static enum lane_part begin(struct band *b)
{
	enum lane_part kind = LANE_NONE;

	for (unsigned i = 0; i < b->n; i++)
		if (strip_section(&b->strips[i]) < kind)
			kind = strip_section(&b->strips[i]);
	for (unsigned i = 0; i < b->n; i++)
		strip_begin(&b->strips[i], kind);
	return kind;
}

static void print_band(struct band *b)
{
	static const char *const titles[] = {[LANE_BEFORE] = "before the first arrival",
					     [LANE_AFTER] = "after the last arrival"};
	enum lane_part kind;
	unsigned arrivals = 0;
	char title[32];

	if (b->n > 1 || b->strips[0].title[0])
		print_titles(b);
	while (!b->over && (kind = begin(b)) != LANE_NONE) {
		if (kind == LANE_ARRIVAL)
			snprintf(title, sizeof(title), "arrival %u", ++arrivals);
		print_heading(b, kind == LANE_ARRIVAL ? title : titles[kind]);
		print_rows(b);
		if (kind == LANE_ARRIVAL)
			print_sums(b, false);
	}
	if (b->over)
		return;
	print_heading(b, "in total");
	print_sums(b, true);
}

/* How many of n lanes fit beside each other; n is not 0, and one always does. */
static unsigned fit(const struct strip *strips, unsigned n, unsigned width)
{
	unsigned used = strip_least(&strips[0]), i = 1;

	for (; i < n; i++) {
		unsigned least = strip_least(&strips[i]);

		used = least > used ? least : used;
		if ((i + 1) * used + i * GAP > width)
			break;
	}
	return i;
}

#define LEGEND_COLUMNS 38

/* The meaning of the bar, and of each mark that there is, two in a line. */
static void print_legend(struct layout *l, const struct drawn_lane *lanes, unsigned n)
{
	bool used[N_DRAWN_MARKS] = {false}, left = true;

	for (unsigned i = 0; i < n; i++)
		for (unsigned row = 0; row < lanes[i].drawing->n; row++)
			used[lanes[i].drawing->rows[row].mark] = true;
	lay(l, "%s what has arrived and is not read yet, and how much that is\n",
	    l->utf8 ? "██░░░░░░ 16" : "##...... 16");
	for (unsigned i = 0; i < N_DRAWN_MARKS; i++) {
		const struct drawn_mark_row *m = &drawn_marks[i];

		if (!used[i])
			continue;
		lay(l, "%s %-*s%s", l->utf8 ? m->utf8 : m->ascii, left ? LEGEND_COLUMNS : 0,
		    m->means, left ? "" : "\n");
		left = !left;
	}
	lay(l, left ? "" : "\n");
}

static void print_threads(struct layout *l, const struct drawn_lane *lane)
{
	const struct drawing *d = lane->drawing;
	char name[VISIBLE_SIZE(COMM_LEN + 1)];

	if (d->n_threads < 2)
		return;
	lay(l, "%s%sthe columns:" HANG " first what no thread does; then", lane->title,
	    *lane->title ? ": " : "");
	for (unsigned i = 0; i < d->n_threads; i++)
		lay(l, " %s/%u%s", visible(d->threads[i].comm, name, sizeof(name)),
		    d->threads[i].tid, i + 1 < d->n_threads ? "," : "\n");
}

static void print_gaps(struct layout *l, const struct drawing *d)
{
	if (d->left_out)
		lay(l,
		    HANG
		    "%llu more events are not drawn: --from, --to and --events with --fd or --tid "
		    "choose a part\n",
		    (unsigned long long)d->left_out);
	if (d->lost)
		lay(l, HANG "%llu events were dropped, and are not drawn\n",
		    (unsigned long long)d->lost);
}

void drawn_page_print(const struct drawn_page *p, const struct drawn_lane *lanes, unsigned n)
{
	struct strip strips[DRAWN_LANES] = {{.utf8 = false}};
	struct band b = {.p = p};
	struct layout l;

	layout_begin(&l, p->out, p->fd, p->color);
	b.utf8 = l.utf8;
	print_legend(&l, lanes, n);
	for (unsigned i = 0; i < n; i++) {
		strips[i] = (struct strip){.utf8 = l.utf8, .color = l.color, .times = n == 1};
		strip_open(&strips[i], lanes[i].drawing, lanes[i].title);
		print_threads(&l, &lanes[i]);
	}
	for (unsigned from = 0; from < n && !b.over; from += b.n) {
		b.n = fit(strips + from, n - from, l.width);
		b.width = (l.width - (b.n - 1) * GAP) / b.n;
		for (unsigned i = 0; i < b.n; i++) {
			b.strips[i] = strips[from + i];
			b.strips[i].width = b.width < MOST_COLUMNS ? b.width : MOST_COLUMNS;
		}
		lay(&l, "\n");
		print_band(&b);
	}
	for (unsigned i = 0; i < n; i++)
		print_gaps(&l, lanes[i].drawing);
}
