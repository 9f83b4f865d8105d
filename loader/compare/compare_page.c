// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The table of a comparison, and that of a growth: how the width is divided among the subjects. */
#include "compare_page.h"

#include <string.h>

#include "format.h"
#include "plural.h"
#include "visible.h"

#define TITLE_WIDTH 24
#define VALUE_WIDTH 8
#define MARK_WIDTH  9
#define FIRST_WIDTH 19                     /* of the first subject, which has no mark */
#define WIDE        (VALUE_WIDTH + 2 + 18) /* a column that holds "within the spread" */
/* Rows after which the head stands again, so that it is on the screen with any of them: where a
 * group begins, and in any case. */
#define HEAD_BEFORE_GROUP 12
#define HEAD_BEFORE_ROW   20

/* How the table is divided: what is dropped first, where there is no room, are the marks, and names
 * that are too long stand above the table, which has a letter for each. */
struct frame {
	struct layout *l;
	const struct compare_info *info;
	unsigned first, others; /* how wide the subjects' columns are */
	bool marks, letters;
};

/* The part of a subject's name that stands in line n of the head: a fault a line, if all of it is
 * too long for one. */
static const char *name_part(const char *name, unsigned line, char *buf, size_t size)
{
	bool whole = strlen(name) < size;
	const char *plus;

	for (; line && name; line--)
		name = whole ? NULL : strchr(name + 1, '+');
	plus = whole || !name ? NULL : strchr(name + 1, '+');
	snprintf(buf, size, "%.*s", name ? (int)(plus ? plus - name : (long)strlen(name)) : 0,
		 name ? name : "");
	return buf;
}

static unsigned width_of(const struct frame *p, unsigned subject)
{
	return subject ? p->others : p->first;
}

/* Whether a part of a name is wider than its column. */
static bool too_long(const char *name, unsigned width)
{
	size_t longest = 0;

	if (strlen(name) < width)
		return false;
	for (; *name; name += *name == '+') {
		size_t len = strcspn(name, "+");

		longest = len + 1 > longest ? len + 1 : longest;
		name += len;
	}
	return longest >= width;
}

static struct frame divide(struct layout *l, const struct compare_info *info)
{
	const struct growth *g = info->growth;
	unsigned others = g->n_subjects - 1, room = l->width - TITLE_WIDTH, least;
	struct frame p = {.l = l, .info = info, .first = FIRST_WIDTH};

	least = VALUE_WIDTH + 1 + MARK_WIDTH;
	if (room < p.first + others * least)
		p.first = VALUE_WIDTH + 1;
	p.marks = room >= p.first + others * least;
	if (!p.marks)
		p.first = room / g->n_subjects < FIRST_WIDTH ? room / g->n_subjects : FIRST_WIDTH;
	p.others = (room - p.first) / others;
	if (p.others > WIDE)
		p.others = WIDE;
	for (unsigned i = 0; i < g->n_subjects; i++)
		p.letters |= too_long(g->names[i], width_of(&p, i));
	return p;
}

static void print_letters(const struct frame *p)
{
	const struct growth *g = p->info->growth;

	if (!p->letters)
		return;
	for (unsigned i = 0; i < g->n_subjects; i++)
		lay(p->l, "%s%c %s", i ? " · " : "", 'A' + i, g->names[i]);
	lay(p->l, "\n");
}

/* Gives how many lines it takes. */
static unsigned print_head(const struct frame *p, const char *title)
{
	const struct growth *g = p->info->growth;
	char part[64], letter[2] = "";
	unsigned lines = 0;
	bool more = true;

	for (unsigned line = 0; more; line++) {
		more = false;
		lines++;
		lay(p->l, "%s%-*s", paint(p->l, BOLD), TITLE_WIDTH, line ? "" : title);
		for (unsigned i = 0; i < g->n_subjects; i++) {
			unsigned width = width_of(p, i);
			const char *name = p->letters ? letter : g->names[i];

			*letter = 'A' + i;
			name_part(name, line, part, width);
			lay(p->l, "%*s%-*s", p->letters ? VALUE_WIDTH - 1 : 0, "",
			    i + 1 < g->n_subjects ? (int)width - (p->letters ? VALUE_WIDTH - 1 : 0)
						  : 0,
			    part);
			more |= *name_part(name, line + 1, part, width) != '\0';
		}
		lay(p->l, "%s\n", paint(p->l, PLAIN));
	}
	return lines;
}

/* The subject that the others are held against: the first that has a value. */
static unsigned reference(const struct spread *s, unsigned n)
{
	unsigned i = 0;

	while (i + 1 < n && !s[i].n)
		i++;
	return i;
}

static void print_cell(const struct frame *p, enum unit unit, const struct spread *s,
		       unsigned subject)
{
	unsigned n = p->info->growth->n_subjects, first = reference(s, n);
	unsigned width = width_of(p, subject);
	const char *colour = spreads_differ(&s[first], &s[subject]) ? BOLD : DIM;
	int gap = width == WIDE ? 2 : 1;
	char mark[32] = "";

	if (p->marks && subject > first)
		mark_text(unit, &s[first], &s[subject], width == WIDE, mark, sizeof(mark));
	lay(p->l, "%*s", VALUE_WIDTH, value_text(unit, s[subject].median));
	if (*mark)
		lay(p->l, "%*s%s%s%s", gap, "", paint(p->l, colour), mark, paint(p->l, PLAIN));
	if (subject + 1 < n)
		lay(p->l, "%*s", (int)(width - VALUE_WIDTH - (*mark ? gap + columns_of(mark) : 0)),
		    "");
}

static void print_cells(const struct frame *p, enum unit unit, const struct spread *s)
{
	for (unsigned i = 0; i < p->info->growth->n_subjects; i++)
		print_cell(p, unit, s, i);
	lay(p->l, "\n");
}

/* Shares of which none reaches 1 % say no more than that they are small. */
static bool worth_a_row(enum unit unit, const struct spread *s, unsigned n)
{
	bool small = unit == UNIT_SHARE;

	for (unsigned i = 0; i < n; i++)
		small &= !(s[i].median >= 1);
	return !small && any_value(s, n);
}

/* Whether the head is to stand again: so many rows since it stood last, and then another. */
static bool head_again(const struct frame *p, unsigned head, unsigned rows, bool new_group)
{
	unsigned most = HEAD_BEFORE_ROW;

	/* and a line for the cursor */
	if (p->l->rows && p->l->rows < most + head + 1)
		most = p->l->rows > head + 3 ? p->l->rows - head - 1 : 2;
	return rows + (new_group ? 2 : 1) > most || (new_group && rows >= HEAD_BEFORE_GROUP);
}

static void print_rows(const struct frame *p, const struct comparison *c)
{
	unsigned head = print_head(p, ""), rows = 0;
	const char *group = "";

	for (unsigned m = 0; m < n_metrics; m++) {
		bool new_group = strcmp(group, metrics[m].group);
		struct spread s[MAX_SUBJECTS] = {0};

		for (unsigned i = 0; i < c->n_subjects; i++)
			s[i] = comparison_spread(c, m, i);
		if (!worth_a_row(metrics[m].unit, s, c->n_subjects))
			continue;
		if (head_again(p, head, rows, new_group)) {
			print_head(p, "");
			rows = 0;
		}
		if (new_group)
			lay(p->l, "%s%s%s\n", paint(p->l, BOLD), metrics[m].group,
			    paint(p->l, PLAIN));
		rows += new_group ? 2 : 1;
		group = metrics[m].group;
		lay(p->l, "  %-*s", TITLE_WIDTH - 2, metrics[m].title);
		print_cells(p, metrics[m].unit, s);
	}
}

static void print_failures(struct layout *l, const struct comparison *c)
{
	char why[VISIBLE_SIZE(sizeof(c->failure[0]))];

	for (unsigned i = 0; i < c->n_subjects; i++)
		if (c->failed[i])
			lay(l,
			    "%s failed in %u of %u round%s, and its numbers are shown as they are: "
			    "%s\n",
			    c->names[i], c->failed[i], c->n[i], plural(c->n[i]),
			    visible(c->failure[i], why, sizeof(why)));
}

static bool any_run(const struct comparison *c)
{
	bool any = false;

	for (unsigned i = 0; i < c->n_subjects; i++)
		any |= c->n[i] > 0;
	return any;
}

static void print_notes(struct layout *l, const struct compare_info *info,
			const struct comparison *c)
{
	if (c->connections)
		lay(l,
		    "%sThe counts include the accept and the close of %s connection%s, for %s "
		    "message%s.%s\n",
		    paint(l, DIM), format_count(c->connections), plural(c->connections),
		    format_count(c->messages), plural(c->messages), paint(l, PLAIN));
	else if (info->round && !any_run(c))
		lay(l, "Nothing was measured.\n");
	print_failures(l, c);
}

static void print_top(struct layout *l, const struct compare_info *info, const char *progress)
{
	lay(l, "%swakelab %s · %s%s%s%s\n", paint(l, BOLD), info->run->command, progress,
	    *info->run->load ? " · " : "", info->run->load, paint(l, PLAIN));
	lay(l,
	    "%s" HANG
	    "Medians of the rounds; × 2.0: twice the first column, ÷ 2.0: half of it, only "
	    "here: the first has none; spread: the rounds overlap, so no difference is "
	    "shown.%s\n\n",
	    paint(l, DIM), paint(l, PLAIN));
}

void compare_page(struct layout *l, const struct compare_info *info, const struct comparison *c,
		  const char *progress)
{
	struct frame p = divide(l, info);

	print_top(l, info, progress);
	print_letters(&p);
	print_rows(&p, c);
	print_notes(l, info, c);
}

static void print_growing(const struct frame *p, unsigned which)
{
	const struct growth *g = p->info->growth;

	lay(p->l, "%s%s%s\n", paint(p->l, BOLD), growing[which].title, paint(p->l, PLAIN));
	for (unsigned i = 0; i <= p->info->step; i++) {
		lay(p->l, "%11s%-*s", format_count(g->steps[i].conns), TITLE_WIDTH - 11, "");
		print_cells(p, growth_unit(which), g->steps[i].cost[which]);
	}
}

void growth_page(struct layout *l, const struct compare_info *info, const char *progress)
{
	struct frame p = divide(l, info);

	print_top(l, info, progress);
	print_letters(&p);
	print_head(&p, "connections");
	for (unsigned which = 0; which < n_growing; which++)
		if (!which || growth_known(info->growth, which))
			print_growing(&p, which);
}

void growth_notes(struct layout *l, const struct growth *g)
{
	const struct growth_step *last = &g->steps[g->n_steps - 1];

	for (unsigned i = 0; i < g->n_subjects; i++)
		if (!growth_carries(g, i, last))
			lay(l, "-: %s supports at most %s connections.\n", g->names[i],
			    format_count(g->max_conns[i]));
	for (unsigned i = 0; last->active < last->conns && i < g->n_steps; i++)
		if (g->steps[i].active < last->active)
			lay(l, "With %s connection%s, all send: --active %s is more than that.\n",
			    format_count(g->steps[i].conns), plural(g->steps[i].conns),
			    format_count(last->active));
}
