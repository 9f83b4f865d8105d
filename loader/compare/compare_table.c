// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A comparison on the screen: one table drawn anew in its place after each
 * round on a terminal, and once at the end elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "compare_page.h"
#include "format.h"
#include "plural.h"

/* Lines that stand on the screen, to be drawn over; 0: none. */
static unsigned drawn;

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
		growth_page(&l, info, progress);
	else
		compare_page(&l, info, c, progress);
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
			 plural(conns), round, info->rounds);
	else
		snprintf(buf, size, "round %u of %u", round, info->rounds);
	return buf;
}

static void table_start(FILE *out, const struct compare_info *info)
{
	struct layout l;

	layout_begin(&l, out, info->run->fd, info->run->color);
	lay(&l, HANG "Linux %s, %s tier · %s\n", info->run->kernel, info->run->tier,
	    info->run->recorded ? info->run->recorded : "Ctrl-C stops");
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
		snprintf(buf, size, "%u round%s%s", info->rounds, plural(info->rounds),
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
	for (unsigned which = 0; which < n_growing; which++) {
		if (!growth_known(info->growth, which))
			continue;
		lay(&l, "\n");
		growth_plot(&l, info->growth, which);
		print_sentences(&l, sentences, growth_sentences(info->growth, which, sentences));
	}
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
