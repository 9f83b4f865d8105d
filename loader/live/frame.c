// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "frame.h"

#include <string.h>

#include "format.h"
#include "screens.h"
#include "see_help.h"
#include "tabs.h"
#include "visible.h"

#define HEAD_ROWS  6 /* the band, four of what is true, the names */
#define TRUTH_ROWS 4

/* "1:02:03" */
static const char *clock_text(__u64 ns)
{
	unsigned long long s = ns / 1000000000;
	char *buf = format_buffer();

	if (s >= 3600)
		snprintf(buf, FORMAT_SIZE, "%llu:%02llu:%02llu", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(buf, FORMAT_SIZE, "%llu:%02llu", s / 60, s % 60);
	return buf;
}

/* Who is traced, and how. */
static void draw_band(struct area a, const struct model *m, const struct look *look)
{
	const struct run_info *info = m->info;
	char target[VISIBLE_SIZE(sizeof(info->target))], right[192],
		left[VISIBLE_SIZE(sizeof(info->target) + sizeof(info->target)) + 384];
	unsigned width;

	visible(info->target, target, sizeof(target));
	snprintf(left, sizeof(left), " wakelab %s %s%s%s%s%s", info->command,
		 info->model ? info->model : target, info->model ? " · " : "",
		 info->model ? target : "", *info->load ? " · " : "", info->load);
	snprintf(right, sizeof(right), "Linux %.*s · %s · %s%s · lost %s ",
		 (int)strcspn(info->kernel, "-+"), info->kernel, info->tier,
		 clock_text(m->elapsed_ns),
		 look->paused ? " paused"
		 : m->end     ? " ended"
			      : "",
		 format_count(snapshot_lost(m->now)));
	area_paint(a, 0, 0, a.width, STYLE_BAND);
	width = a.width > strlen(right) ? a.width - (unsigned)strlen(right) : 0;
	area_fit(a, 0, 0, width, STYLE_BAND, false, left);
	area_fit(a, width, 0, a.width - width, STYLE_BAND, true, right);
}

/* The most important finding: what was seen, and what to change. */
static void draw_finding(struct area a, const struct model *m)
{
	const struct finding *f = &m->found[0];
	enum style style = f->rule->weight == WRONG ? STYLE_WRONG : STYLE_NOTE;
	char raw[FINDING_TEXT], seen[VISIBLE_SIZE(FINDING_TEXT)],
		text[VISIBLE_SIZE(FINDING_TEXT) + 96];
	unsigned rows;

	finding_part(f, PART_SEEN, raw, sizeof(raw));
	visible(raw, seen, sizeof(seen));
	area_put(a, 0, 0, style, f->rule->weight == WRONG ? " !" : " ·");
	snprintf(text, sizeof(text), "%s: %s%s", f->rule->id, seen, f->open ? " (under way)" : "");
	rows = area_wrap(area_rows(a, 0, 2), 3, 0, style, text);
	finding_part(f, PART_CHANGE, raw, sizeof(raw));
	visible(raw, seen, sizeof(seen));
	area_put(a, 1, rows, STYLE_BOLD, "→");
	rows += area_wrap(a, 3, rows, STYLE_BOLD, seen);
	if (m->n_found > 1 && rows < a.height)
		area_print(a, 3, rows, STYLE_DIM, "%u more under %u Findings", m->n_found - 1,
			   SCREEN_FINDINGS + 1);
}

static void draw_truth(struct area a, const struct model *m)
{
	char text[VISIBLE_SIZE(FINDING_TEXT)];

	if (m->n_found)
		draw_finding(a, m);
	else if (*m->fine)
		area_wrap(a, 1, 0, STYLE_FINE, visible(m->fine, text, sizeof(text)));
	else
		area_put(a, 1, 0, STYLE_DIM, "Nothing that could be judged has happened yet.");
}

#define FOOT_SIZE 1024

static void foot_text(const struct model *m, const struct look *look, char *text)
{
	char failure[FOOT_SIZE / 2];

	if (look->prompt)
		snprintf(text, FOOT_SIZE, " %s: %s_   Enter takes it, Esc leaves it",
			 look->prompt == PROMPT_SEARCH ? "Search" : "Filter", look->typed);
	else if (*look->message)
		snprintf(text, FOOT_SIZE, " %s", look->message);
	else if (m->end && !look->position)
		snprintf(text, FOOT_SIZE, " Ended. q prints the summary.%s%s",
			 *m->end->failure ? "  " : "",
			 visible(m->end->failure, failure, sizeof(failure)));
	else
		snprintf(text, FOOT_SIZE, " %s%s%s%s%s", look->position ? look->position : "",
			 look->position ? "  " : "", screens[look->screen].keys,
			 *look->filter ? "  filter: " : "", look->filter);
}

static void draw_foot(struct area a, const struct model *m, const struct look *look)
{
	char text[FOOT_SIZE];

	foot_text(m, look, text);
	area_paint(a, 0, 0, a.width, STYLE_BAND);
	area_fit(a, 0, 0, a.width, STYLE_BAND, false, text);
}

static void draw_too_small(struct area a)
{
	area_print(a, 0, 0, STYLE_PLAIN, "needs %u x %u", LEAST_WIDTH, LEAST_HEIGHT);
	area_print(a, 0, 1, STYLE_PLAIN, "has %u x %u", a.width, a.height);
}

void draw_frame(struct canvas *c, const struct model *m, struct look *look)
{
	struct area all = canvas_area(c), body;

	if (c->width < LEAST_WIDTH || c->height < LEAST_HEIGHT) {
		draw_too_small(all);
		return;
	}
	draw_band(area_rows(all, 0, 1), m, look);
	draw_truth(area_rows(all, 1, TRUTH_ROWS), m);
	draw_tabs(area_rows(all, TABS_ROW, 1), m, look);
	body = area_rows(all, HEAD_ROWS, c->height - HEAD_ROWS - 1);
	if (look->help)
		draw_help(body, look);
	else
		screens[look->screen].draw(body, m, look);
	draw_foot(area_rows(all, c->height - 1, 1), m, look);
}
