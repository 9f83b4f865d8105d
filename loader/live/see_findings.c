// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What was found so far, and the selected one explained. */
#include <string.h>

#include "format.h"
#include "parts.h"
#include "see.h"
#include "visible.h"

static const struct finding *of(const struct line *l)
{
	return l->row;
}

static void name_text(const struct line *l, char *buf, size_t size)
{
	const struct rule *r = of(l)->rule;

	snprintf(buf, size, "%s%s%s", r->id, *r->cause ? ":" : "", r->cause);
}

static enum style weight_style(const struct line *l)
{
	return of(l)->rule->weight == WRONG ? STYLE_WRONG : STYLE_NOTE;
}

/* What is under way may end well; what is no rule's for good may be another by the end. */
static const char *state_of(const struct model *m, const struct finding *f)
{
	if (m->end)
		return "final";
	if (f->open)
		return "under way";
	return f->rule->live ? "certain" : "so far";
}

static void state_text(const struct line *l, char *buf, size_t size)
{
	snprintf(buf, size, "%s", state_of(l->model, of(l)));
}

static void seen_text(const struct line *l, char *buf, size_t size)
{
	finding_part(of(l), PART_SEEN, buf, size);
}

static const struct list_column columns[] = {
	{.title = "FINDING", .width = 22, .left = true, .text = name_text, .style = weight_style},
	{.title = "STATE", .width = 10, .left = true, .text = state_text},
	{.title = "WHAT WAS SEEN", .left = true, .text = seen_text},
};

static void finding_id(const void *row, struct row_id *id)
{
	const struct finding *f = row;

	*id = (struct row_id){
		{f->rule - rules, f->about.pid, (__u64)f->about.tid << 32 | (__u32)f->about.fd}};
}

static const struct listing findings = {
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct finding),
	.id = finding_id,
	.none = "Nothing was found so far.",
};

struct rows rows_of_findings(const struct model *m, const struct look *look)
{
	(void)look;
	return (struct rows){&findings, m->found, m->n_found};
}

/* A part of its words, below its title; gives the row behind. */
static unsigned draw_part(struct area a, unsigned y, const char *title, enum style style,
			  const struct finding *f, enum finding_part part)
{
	char raw[FINDING_TEXT], text[VISIBLE_SIZE(FINDING_TEXT)];

	visible(finding_part(f, part, raw, sizeof(raw)), text, sizeof(text));
	if (!*text || y >= a.height)
		return y;
	area_put(a, 1, y, STYLE_TITLE, title);
	return y + area_wrap(a, 12, y, style, text);
}

static unsigned draw_figures(struct area a, unsigned y, const char *title,
			     const struct figure *figures, unsigned n)
{
	unsigned x = 12;

	if (!n || y >= a.height)
		return y;
	area_put(a, 1, y, STYLE_TITLE, title);
	for (unsigned i = 0; i < n; i++) {
		size_t len = strlen(figures[i].name);
		bool time = len > 3 && !strcmp(figures[i].name + len - 3, "_ns");
		char text[96];

		snprintf(text, sizeof(text), "%.*s %s   ", (int)(len - (time ? 3 : 0)),
			 figures[i].name,
			 time ? format_ns(figures[i].value) : format_count(figures[i].value));
		if (x + strlen(text) > a.width && x > 12) {
			x = 12;
			y++;
		}
		x = area_put(a, x, y, STYLE_PLAIN, text);
	}
	return y + 1;
}

static void draw_one(struct area a, const struct model *m, const struct finding *f)
{
	unsigned y;

	area_rule(a, 0, STYLE_DIM);
	area_print(a, 1, 1, f->rule->weight == WRONG ? STYLE_WRONG : STYLE_NOTE, "%s",
		   f->rule->title);
	y = draw_part(a, 2, "SEEN", STYLE_PLAIN, f, PART_SEEN);
	y = draw_part(a, y, "WHY", STYLE_PLAIN, f, PART_WHY);
	y = draw_part(a, y, "CHANGE", STYLE_BOLD, f, PART_CHANGE);
	y = draw_figures(a, y, "RESTS ON", f->evidence, f->n_evidence);
	y = draw_figures(a, y, "COSTS", f->cost, f->n_cost);
	if (y < a.height)
		area_print(a, 12, y, STYLE_DIM, "State: %s. \"wakelab findings %s\" tells more.",
			   state_of(m, f), f->rule->id);
}

void draw_findings(struct area body, const struct model *m, struct look *look)
{
	struct place *p = &look->places[SCREEN_FINDINGS][0];
	unsigned list = m->n_found + 2 < body.height / 2 ? m->n_found + 2 : body.height / 2;
	const struct finding *f;

	if (!m->n_found) {
		char text[VISIBLE_SIZE(FINDING_TEXT)];

		draw_title(body, 0, "FINDINGS", "");
		area_wrap(body, 1, 1, STYLE_FINE,
			  *m->fine ? visible(m->fine, text, sizeof(text))
				   : "Nothing has been found so far, and nothing yet that could be "
				     "judged.");
		return;
	}
	draw_title(body, 0, "FINDINGS", "the most important first; Enter explains");
	if (!look->depth[SCREEN_FINDINGS])
		listing_draw(area_rows(body, 1, list - 1), &findings, m, look, m->found, m->n_found,
			     p);
	else
		list = 1;
	f = listing_find(&findings, m->found, m->n_found, &p->at);
	if (f)
		draw_one(area_rows(body, list, body.height), m, f);
}
