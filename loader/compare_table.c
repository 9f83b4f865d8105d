// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A comparison on the screen: one table drawn anew in its place after each
 * round on a terminal, and once at the end elsewhere. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare_view.h"
#include "format.h"
#include "layout.h"
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

/* Lines that stand on the screen, to be drawn over; 0: none. */
static unsigned drawn;

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

static void print_head(const struct frame *p, const char *title)
{
	const struct growth *g = p->info->growth;
	char part[64], letter[2] = "";
	bool more = true;

	for (unsigned line = 0; more; line++) {
		more = false;
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

static bool head_again(const struct frame *p, unsigned rows, bool new_group)
{
	unsigned screen = p->l->rows > 2 ? p->l->rows - 2 : HEAD_BEFORE_ROW;

	if (new_group && rows >= HEAD_BEFORE_GROUP)
		return true;
	return rows >= HEAD_BEFORE_ROW || rows >= screen;
}

static void print_rows(const struct frame *p, const struct comparison *c)
{
	const char *group = "";
	unsigned rows = 0;

	for (unsigned m = 0; m < n_metrics; m++) {
		struct spread s[MAX_SUBJECTS];

		for (unsigned i = 0; i < c->n_subjects; i++)
			s[i] = comparison_spread(c, m, i);
		if (!worth_a_row(metrics[m].unit, s, c->n_subjects))
			continue;
		if (head_again(p, rows, strcmp(group, metrics[m].group))) {
			print_head(p, "");
			rows = 0;
		}
		if (strcmp(group, metrics[m].group)) {
			lay(p->l, "%s%s%s\n", paint(p->l, BOLD), metrics[m].group,
			    paint(p->l, PLAIN));
			rows++;
		}
		group = metrics[m].group;
		lay(p->l, "  %-*s", TITLE_WIDTH - 2, metrics[m].title);
		print_cells(p, metrics[m].unit, s);
		rows++;
	}
}

static void print_failures(struct layout *l, const struct comparison *c)
{
	char why[VISIBLE_SIZE(sizeof(c->failure[0]))];

	for (unsigned i = 0; i < c->n_subjects; i++)
		if (c->failed[i])
			lay(l, "%s failed in %u of %u rounds, and counts as it is: %s\n",
			    c->names[i], c->failed[i], c->n[i],
			    visible(c->failure[i], why, sizeof(why)));
}

static void print_notes(struct layout *l, const struct compare_info *info,
			const struct comparison *c)
{
	if (c->connections)
		lay(l,
		    "%sIn the counts: also the accept and the close of %s connection%s, for %s "
		    "messages.%s\n",
		    paint(l, DIM), format_count(c->connections), c->connections == 1 ? "" : "s",
		    format_count(c->messages), paint(l, PLAIN));
	else if (info->round)
		lay(l, "Nothing was measured.\n");
	print_failures(l, c);
}

static void print_top(struct layout *l, const struct compare_info *info, const char *progress)
{
	lay(l, "%swakelab compare · %s · %s%s\n", paint(l, BOLD), progress, info->run->load,
	    paint(l, PLAIN));
	lay(l,
	    "%s" HANG "Medians of the rounds, and how they differ from the first column; in the "
	    "spread: rounds overlap.%s\n\n",
	    paint(l, DIM), paint(l, PLAIN));
}

static void print_table(struct layout *l, const struct compare_info *info,
			const struct comparison *c, const char *progress)
{
	struct frame p = divide(l, info);

	print_top(l, info, progress);
	print_letters(&p);
	print_head(&p, "");
	print_rows(&p, c);
	print_notes(l, info, c);
}

/* One line a count; the counts that are yet to come are left out. */
static void print_growth(struct layout *l, const struct compare_info *info, const char *progress)
{
	const struct growth *g = info->growth;
	struct frame p = divide(l, info);

	print_top(l, info, progress);
	print_letters(&p);
	print_head(&p, "connections");
	for (unsigned i = 0; i <= info->step; i++) {
		lay(l, "%11s%-*s", format_count(g->steps[i].conns), TITLE_WIDTH - 11, "");
		print_cells(&p, UNIT_NS, g->steps[i].cost);
	}
}

static void growth_notes(struct layout *l, const struct growth *g)
{
	const struct growth_step *last = &g->steps[g->n_steps - 1];

	for (unsigned i = 0; i < g->n_subjects; i++)
		if (!growth_carries(g, i, last))
			lay(l, "-: %s holds at most %s connections.\n", g->names[i],
			    format_count(g->max_conns[i]));
	for (unsigned i = 0; last->active < last->conns && i < g->n_steps; i++)
		if (g->steps[i].active < last->active)
			lay(l, "At %s connection%s all send: --active %s is more.\n",
			    format_count(g->steps[i].conns), g->steps[i].conns == 1 ? "" : "s",
			    format_count(last->active));
}

/* Whether the table can be drawn over: on a terminal that it fits. */
static bool fits(const struct compare_info *info, unsigned lines)
{
	return lines < layout_rows(info->run->fd);
}

static void draw(FILE *out, const struct compare_info *info, const struct comparison *c,
		 const char *progress)
{
	unsigned lines = 0;
	char *text = NULL;
	size_t size = 0;
	FILE *page = open_memstream(&text, &size);
	struct layout l;

	if (!page)
		return;
	layout_begin(&l, out, info->run->fd, info->run->color);
	l.out = page;
	if (info->listed || !c)
		print_growth(&l, info, progress);
	else
		print_table(&l, info, c, progress);
	fclose(page);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	if (drawn)
		fprintf(out, "\r\033[%uA\033[J", drawn);
	drawn = fits(info, lines) ? lines : 0;
	fputs(text, out);
	free(text);
}

static const char *progress_text(const struct compare_info *info, unsigned round, char *buf,
				 size_t size)
{
	unsigned conns = info->growth->steps[info->step].conns;

	if (info->listed)
		snprintf(buf, size, "%s connection%s, round %u of %u", format_count(conns),
			 conns == 1 ? "" : "s", round, info->rounds);
	else
		snprintf(buf, size, "round %u of %u", round, info->rounds);
	return buf;
}

static void table_start(FILE *out, const struct compare_info *info)
{
	struct layout l;

	layout_begin(&l, out, info->run->fd, info->run->color);
	lay(&l, "Linux %s, %s tier · Ctrl-C ends\n", info->run->kernel, info->run->tier);
}

/* In place: what is known, and which round comes now. */
static void table_begin(FILE *out, const struct compare_info *info, const struct comparison *c)
{
	char progress[64];

	if (fits(info, 0) && (drawn || !info->round))
		draw(out, info, c,
		     progress_text(info, info->round + 1, progress, sizeof(progress)));
}

static void table_ran(FILE *out, const struct compare_info *info, const struct comparison *c,
		      unsigned subject, const struct outcome *run)
{
	(void)out; /* a round at a time is enough */
	(void)info;
	(void)c;
	(void)subject;
	(void)run;
}

/* Not in place: a line for each round that is done. */
static void table_round(FILE *out, const struct compare_info *info, const struct comparison *c)
{
	char progress[64];

	(void)c;
	if (!drawn)
		fprintf(out, "%s\n", progress_text(info, info->round, progress, sizeof(progress)));
}

static void end_text(const struct compare_info *info, char *buf, size_t size)
{
	if (info->completed)
		snprintf(buf, size, "%u round%s%s", info->rounds, info->rounds == 1 ? "" : "s",
			 info->listed ? " of each" : "");
	else
		snprintf(buf, size, "stopped in round %u of %u", info->round, info->rounds);
}

static void print_sentences(struct layout *l, char sentences[][SENTENCE_SIZE], unsigned n)
{
	if (n)
		lay(l, "\n");
	for (unsigned i = 0; i < n; i++)
		lay(l, "%s\n", sentences[i]);
}

static void table_done(FILE *out, const struct compare_info *info, const struct comparison *c)
{
	char sentences[MAX_SENTENCES][SENTENCE_SIZE], progress[64];
	struct layout l;

	if (info->listed)
		return;
	end_text(info, progress, sizeof(progress));
	draw(out, info, c, progress);
	layout_begin(&l, out, info->run->fd, info->run->color);
	print_sentences(&l, sentences, compare_sentences(c, sentences));
	drawn = 0;
}

static void table_end(FILE *out, const struct compare_info *info)
{
	char sentences[MAX_SENTENCES][SENTENCE_SIZE], progress[64];
	struct layout l;

	end_text(info, progress, sizeof(progress));
	draw(out, info, NULL, progress);
	layout_begin(&l, out, info->run->fd, info->run->color);
	growth_notes(&l, info->growth);
	lay(&l, "\n");
	growth_plot(&l, info->growth);
	print_sentences(&l, sentences, growth_sentences(info->growth, sentences));
	drawn = 0;
}

const struct compare_view compare_table = {
	.name = "table",
	.start = table_start,
	.begin = table_begin,
	.ran = table_ran,
	.round = table_round,
	.done = table_done,
	.end = table_end,
};

static const struct compare_view *const views[] = {&compare_table, &compare_ndjson};

const struct compare_view *compare_view_find(const char *name)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (!strcmp(views[i]->name, name))
			return views[i];
	return NULL;
}
