// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A comparison on the screen: one table within 100 columns, drawn anew in its place after each
 * round on a terminal, and once at the end elsewhere. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "compare_view.h"
#include "format.h"
#include "visible.h"

#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

#define COLUMNS     100
#define TITLE_WIDTH 25
#define FIRST_WIDTH 19 /* of the first subject, which has no mark */
#define VALUE_WIDTH 8
#define WIDE        (VALUE_WIDTH + 2 + 18) /* a column that holds "within the spread" */

/* Lines that stand on the screen, to be drawn over; 0: none. */
static unsigned drawn;

static const char *paint(const struct compare_info *info, const char *colour)
{
	return info->run->color ? colour : "";
}

static unsigned columns_of(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80; /* UTF-8: all but what continues a character */
	return n;
}

/* In lines of at most COLUMNS, those after the first indented. */
static void print_wrapped(FILE *out, const char *text, unsigned indent)
{
	unsigned at = 0;

	while (*text) {
		size_t len = strcspn(text, " ");
		char word[SENTENCE_SIZE];

		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		if (at && at + 1 + columns_of(word) > COLUMNS) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
		} else if (at) {
			at += fprintf(out, " ");
		}
		fputs(word, out);
		at += columns_of(word);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* The width of each subject's column but the first. */
static unsigned column_width(unsigned n_subjects)
{
	unsigned width = (COLUMNS - TITLE_WIDTH - FIRST_WIDTH) / (n_subjects - 1);

	return width < WIDE ? width : WIDE;
}

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

static void print_head(FILE *out, const struct compare_info *info, const char *title)
{
	const struct growth *g = info->growth;
	char part[64];
	bool more = true;

	for (unsigned line = 0; more; line++) {
		more = false;
		fprintf(out, "%s%-*s", paint(info, BOLD), TITLE_WIDTH, line ? "" : title);
		for (unsigned i = 0; i < g->n_subjects; i++) {
			unsigned width = i ? column_width(g->n_subjects) : FIRST_WIDTH;

			name_part(g->names[i], line, part, width);
			fprintf(out, "%-*s", i + 1 < g->n_subjects ? (int)width : 0, part);
			more |= *name_part(g->names[i], line + 1, part, width) != '\0';
		}
		fprintf(out, "%s\n", paint(info, PLAIN));
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

static void print_cell(FILE *out, const struct compare_info *info, enum unit unit,
		       const struct spread *s, unsigned subject)
{
	unsigned n = info->growth->n_subjects, first = reference(s, n);
	unsigned width = subject ? column_width(n) : FIRST_WIDTH;
	const char *colour = spreads_differ(&s[first], &s[subject]) ? BOLD : DIM;
	int gap = width == WIDE ? 2 : 1;
	char mark[32] = "";

	if (subject > first)
		mark_text(unit, &s[first], &s[subject], width == WIDE, mark, sizeof(mark));
	fprintf(out, "%*s", VALUE_WIDTH, value_text(unit, s[subject].median));
	if (*mark)
		fprintf(out, "%*s%s%s%s", gap, "", paint(info, colour), mark, paint(info, PLAIN));
	if (subject + 1 < n)
		fprintf(out, "%*s",
			(int)(width - VALUE_WIDTH - (*mark ? gap + columns_of(mark) : 0)), "");
}

static void print_cells(FILE *out, const struct compare_info *info, enum unit unit,
			const struct spread *s)
{
	for (unsigned i = 0; i < info->growth->n_subjects; i++)
		print_cell(out, info, unit, s, i);
	fputc('\n', out);
}

/* Shares of which none reaches 1 % say no more than that they are small. */
static bool worth_a_row(enum unit unit, const struct spread *s, unsigned n)
{
	bool small = unit == UNIT_SHARE;

	for (unsigned i = 0; i < n; i++)
		small &= !(s[i].median >= 1);
	return !small && any_value(s, n);
}

static void print_rows(FILE *out, const struct compare_info *info, const struct comparison *c)
{
	const char *group = "";

	for (unsigned m = 0; m < n_metrics; m++) {
		struct spread s[MAX_SUBJECTS];

		for (unsigned i = 0; i < c->n_subjects; i++)
			s[i] = comparison_spread(c, m, i);
		if (!worth_a_row(metrics[m].unit, s, c->n_subjects))
			continue;
		if (strcmp(group, metrics[m].group))
			fprintf(out, "%s%s%s\n", paint(info, BOLD), metrics[m].group,
				paint(info, PLAIN));
		group = metrics[m].group;
		fprintf(out, "  %-*s", TITLE_WIDTH - 2, metrics[m].title);
		print_cells(out, info, metrics[m].unit, s);
	}
}

static void print_failures(FILE *out, const struct comparison *c)
{
	char why[VISIBLE_SIZE(sizeof(c->failure[0]))], text[SENTENCE_SIZE + sizeof(why)];

	for (unsigned i = 0; i < c->n_subjects; i++) {
		if (!c->failed[i])
			continue;
		snprintf(text, sizeof(text),
			 "%s failed in %u of %u rounds, and counts as it is: %s", c->names[i],
			 c->failed[i], c->n[i], visible(c->failure[i], why, sizeof(why)));
		print_wrapped(out, text, 2);
	}
}

static void print_notes(FILE *out, const struct compare_info *info, const struct comparison *c)
{
	char text[SENTENCE_SIZE];

	fprintf(out, "%s", paint(info, DIM));
	if (c->connections) {
		snprintf(text, sizeof(text),
			 "In the counts: also the accept and the close of %s connection%s, for %s "
			 "messages.",
			 format_count(c->connections), c->connections == 1 ? "" : "s",
			 format_count(c->messages));
		print_wrapped(out, text, 2);
	}
	fprintf(out, "%s", paint(info, PLAIN));
	if (!c->connections && info->round)
		fprintf(out, "Nothing was measured.\n");
	print_failures(out, c);
}

static void print_top(FILE *out, const struct compare_info *info, const char *progress)
{
	unsigned used = columns_of("wakelab compare ·  · ") + columns_of(progress) +
			columns_of(info->run->load);

	fprintf(out, "%swakelab compare · %s%s%s\n", paint(info, BOLD), progress,
		used > COLUMNS ? "\n" : " · ", info->run->load);
	fprintf(out,
		"%s%sMedians of the rounds, and how they differ from the first column; in the "
		"spread: rounds overlap.%s\n\n",
		paint(info, PLAIN), paint(info, DIM), paint(info, PLAIN));
}

static void print_table(FILE *out, const struct compare_info *info, const struct comparison *c,
			const char *progress)
{
	print_top(out, info, progress);
	print_head(out, info, "");
	print_rows(out, info, c);
	print_notes(out, info, c);
}

/* One line a count; the counts that are yet to come are left out. */
static void print_growth(FILE *out, const struct compare_info *info, const char *progress)
{
	const struct growth *g = info->growth;

	print_top(out, info, progress);
	print_head(out, info, "connections");
	for (unsigned i = 0; i <= info->step; i++) {
		fprintf(out, "%11s%-*s", format_count(g->steps[i].conns), TITLE_WIDTH - 11, "");
		print_cells(out, info, UNIT_NS, g->steps[i].cost);
	}
}

static void growth_notes(FILE *out, const struct growth *g)
{
	const struct growth_step *last = &g->steps[g->n_steps - 1];

	for (unsigned i = 0; i < g->n_subjects; i++)
		if (!growth_carries(g, i, last))
			fprintf(out, "-: %s holds at most %s connections.\n", g->names[i],
				format_count(g->max_conns[i]));
	for (unsigned i = 0; last->active < last->conns && i < g->n_steps; i++)
		if (g->steps[i].active < last->active)
			fprintf(out, "At %s connection%s all send: --active %s is more.\n",
				format_count(g->steps[i].conns), g->steps[i].conns == 1 ? "" : "s",
				format_count(last->active));
}

/* Whether the table can be drawn over: on a terminal that it fits. */
static bool fits(FILE *out, unsigned lines)
{
	struct winsize size;

	return isatty(fileno(out)) && !ioctl(fileno(out), TIOCGWINSZ, &size) && lines < size.ws_row;
}

static void draw(FILE *out, const struct compare_info *info, const struct comparison *c,
		 const char *progress)
{
	unsigned lines = 0;
	char *text = NULL;
	size_t size = 0;
	FILE *page = open_memstream(&text, &size);

	if (!page)
		return;
	if (info->listed || !c)
		print_growth(page, info, progress);
	else
		print_table(page, info, c, progress);
	fclose(page);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	if (drawn)
		fprintf(out, "\r\033[%uA\033[J", drawn);
	drawn = fits(out, lines) ? lines : 0;
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
	fprintf(out, "Linux %s, %s tier · Ctrl-C ends\n", info->run->kernel, info->run->tier);
}

/* In place: what is known, and which round comes now. */
static void table_begin(FILE *out, const struct compare_info *info, const struct comparison *c)
{
	char progress[64];

	if (fits(out, 0) && (drawn || !info->round))
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

static void print_sentences(FILE *out, char sentences[][SENTENCE_SIZE], unsigned n)
{
	if (n)
		fputc('\n', out);
	for (unsigned i = 0; i < n; i++)
		print_wrapped(out, sentences[i], 2);
}

static void table_done(FILE *out, const struct compare_info *info, const struct comparison *c)
{
	char sentences[MAX_SENTENCES][SENTENCE_SIZE], progress[64];

	if (info->listed)
		return;
	end_text(info, progress, sizeof(progress));
	draw(out, info, c, progress);
	print_sentences(out, sentences, compare_sentences(c, sentences));
	drawn = 0;
}

static void table_end(FILE *out, const struct compare_info *info)
{
	char sentences[MAX_SENTENCES][SENTENCE_SIZE], progress[64];

	end_text(info, progress, sizeof(progress));
	draw(out, info, NULL, progress);
	growth_notes(out, info->growth);
	fputc('\n', out);
	growth_plot(out, info->growth);
	print_sentences(out, sentences, growth_sentences(info->growth, sentences));
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
