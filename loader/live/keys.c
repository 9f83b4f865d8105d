// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "keys.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "screens.h"
#include "tabs.h"

#define PAGE 10 /* rows */

static enum answer go_to(struct look *look, unsigned screen)
{
	look->screen = screen % N_SCREENS;
	look->help = false;
	return ANSWER_DRAW;
}

static enum answer next_screen(struct look *look, const struct model *m)
{
	(void)m;
	return go_to(look, look->screen + 1);
}

static enum answer previous_screen(struct look *look, const struct model *m)
{
	(void)m;
	return go_to(look, look->screen + N_SCREENS - 1);
}

static enum answer quit(struct look *look, const struct model *m)
{
	(void)look;
	(void)m;
	return ANSWER_QUIT;
}

static enum answer help(struct look *look, const struct model *m)
{
	(void)m;
	look->help = !look->help;
	return ANSWER_DRAW;
}

/* From the overview to what was found; elsewhere into the selected row. */
static enum answer deeper(struct look *look, const struct model *m)
{
	const struct screen *s = &screens[look->screen];
	unsigned *depth = &look->depth[look->screen];
	const struct place *p = look_place(look);

	(void)m;
	if (look->screen == SCREEN_OVERVIEW)
		return go_to(look, SCREEN_FINDINGS);
	if (*depth < s->depths && p->n) {
		look->into[look->screen][*depth] = p->at;
		++*depth;
		*look_place(look) = (struct place){.selected = 0};
	}
	return ANSWER_DRAW;
}

static enum answer back(struct look *look, const struct model *m)
{
	unsigned *depth = &look->depth[look->screen];

	(void)m;
	if (look->help)
		look->help = false;
	else if (*depth)
		--*depth;
	else if (*look->filter)
		*look->filter = '\0';
	else
		look->screen = SCREEN_OVERVIEW;
	return ANSWER_DRAW;
}

static enum answer move(struct look *look, int by)
{
	struct place *p = look_place(look);
	long to = (long)p->selected + by;

	if (to >= (long)p->n)
		to = (long)p->n - 1;
	p->selected = to < 0 ? 0 : (unsigned)to;
	return ANSWER_DRAW;
}

#define MOVE(name, by)                                                                             \
	static enum answer name(struct look *look, const struct model *m)                          \
	{                                                                                          \
		(void)m;                                                                           \
		return move(look, by);                                                             \
	}
MOVE(up, -1)
MOVE(down, 1)
MOVE(page_up, -PAGE)
MOVE(page_down, PAGE)
MOVE(top, -(MAX_LINES))
MOVE(bottom, MAX_LINES)

/* Round the columns that it can be sorted by, and "as it comes". */
static enum answer sort_by(struct look *look, const struct model *m, int step)
{
	const struct screen *s = &screens[look->screen];
	struct place *p = look_place(look);
	const struct listing *t = s->rows ? s->rows(m, look).listing : NULL;
	unsigned column = p->column ? p->column : t ? t->usual : 0;

	if (!t)
		return ANSWER_DRAW;
	column = (column + t->n_columns - 1 + (unsigned)(step + (int)t->n_columns)) % t->n_columns;
	p->column = column + 1;
	snprintf(look->message, sizeof(look->message), "Sorted by %s", t->columns[column].title);
	return ANSWER_DRAW;
}

static enum answer sort_left(struct look *look, const struct model *m)
{
	return sort_by(look, m, -1);
}

static enum answer sort_right(struct look *look, const struct model *m)
{
	return sort_by(look, m, 1);
}

static enum answer invert(struct look *look, const struct model *m)
{
	(void)m;
	look_place(look)->inverted = !look_place(look)->inverted;
	return ANSWER_DRAW;
}

static enum answer ask(struct look *look, enum prompt prompt)
{
	look->prompt = prompt;
	*look->typed = '\0';
	return ANSWER_DRAW;
}

static enum answer search(struct look *look, const struct model *m)
{
	(void)m;
	return ask(look, PROMPT_SEARCH);
}

static enum answer filter(struct look *look, const struct model *m)
{
	(void)m;
	return ask(look, PROMPT_FILTER);
}

static enum answer change_scope(struct look *look, const struct model *m)
{
	look->scope = scope_is_second(m, look) ? SCOPE_START : SCOPE_SECOND;
	return ANSWER_DRAW;
}

static enum answer pause_it(struct look *look, const struct model *m)
{
	(void)m;
	look->paused = !look->paused;
	return ANSWER_DRAW;
}

#define ANSWER(name, value)                                                                        \
	static enum answer name(struct look *look, const struct model *m)                          \
	{                                                                                          \
		(void)look;                                                                        \
		(void)m;                                                                           \
		return value;                                                                      \
	}
ANSWER(write_it, ANSWER_WRITE)
ANSWER(anew, ANSWER_ANEW)
ANSWER(earlier, ANSWER_EARLIER)
ANSWER(later, ANSWER_LATER)
ANSWER(first, ANSWER_FIRST)
ANSWER(last, ANSWER_LAST)
ANSWER(next_finding, ANSWER_NEXT_FINDING)

const struct key_row key_rows[] = {
	{.presses = {PRESS_TAB},
	 .keys = "Tab  1 to 6",
	 .what = "the next screen; that one",
	 .act = next_screen},
	{.presses = {PRESS_BACK_TAB}, .act = previous_screen},
	{.presses = {PRESS_ENTER},
	 .keys = "Enter",
	 .what = "deeper, into the selected row",
	 .act = deeper},
	{.presses = {PRESS_ESCAPE}, .keys = "Esc", .what = "back", .act = back},
	{.presses = {PRESS_LEFT},
	 .keys = "left  right",
	 .what = "back and forward in time",
	 .act = earlier,
	 .replay = true},
	{.presses = {PRESS_RIGHT}, .act = later, .replay = true},
	{.presses = {PRESS_HOME},
	 .keys = "Home  End",
	 .what = "to the start, to the end",
	 .act = first,
	 .replay = true},
	{.presses = {PRESS_END}, .act = last, .replay = true},
	{.presses = {'n'},
	 .keys = "n",
	 .what = "to the next finding",
	 .act = next_finding,
	 .replay = true},
	{.presses = {PRESS_UP, 'k'},
	 .keys = "up down PgUp PgDn g G",
	 .what = "select a row; the first, the last",
	 .act = up},
	{.presses = {PRESS_DOWN, 'j'}, .act = down},
	{.presses = {PRESS_PAGE_UP}, .act = page_up},
	{.presses = {PRESS_PAGE_DOWN}, .act = page_down},
	{.presses = {PRESS_HOME, 'g'}, .act = top},
	{.presses = {PRESS_END, 'G'}, .act = bottom},
	{.presses = {'<'},
	 .keys = "<  >  I",
	 .what = "sort by the next column; the other way round",
	 .act = sort_left},
	{.presses = {'>'}, .act = sort_right},
	{.presses = {'I'}, .act = invert},
	{.presses = {'/'},
	 .keys = "/",
	 .what = "search for a row that holds a text",
	 .act = search},
	{.presses = {'f', '\\'},
	 .keys = "f  \\",
	 .what = "show only rows that hold a text",
	 .act = filter},
	{.presses = {'t'},
	 .keys = "t",
	 .what = "count in the last second, or since the start",
	 .act = change_scope},
	{.presses = {' ', 'Z'}, .keys = "Space  Z", .what = "pause, and go on", .act = pause_it},
	{.presses = {'w'},
	 .keys = "w",
	 .what = "write this screen to a file, as text",
	 .act = write_it},
	{.presses = {PRESS_AGAIN}, .keys = "Ctrl-L", .what = "draw the terminal anew", .act = anew},
	{.presses = {'?', 'h', PRESS_HELP}, .keys = "?  F1", .what = "this help", .act = help},
	{.presses = {'q', PRESS_QUIT},
	 .keys = "q  F10  Ctrl-C",
	 .what = "end, and print the summary",
	 .act = quit},
};
const unsigned n_key_rows = sizeof(key_rows) / sizeof(key_rows[0]);

static void take_typed(struct look *look, const struct model *m)
{
	const struct screen *s = &screens[look->screen];
	struct rows rows = s->rows ? s->rows(m, look) : (struct rows){NULL, NULL, 0};
	struct place *p = look_place(look);

	if (look->prompt == PROMPT_FILTER) {
		snprintf(look->filter, sizeof(look->filter), "%s", look->typed);
		*p = (struct place){.column = p->column, .inverted = p->inverted};
		return;
	}
	snprintf(look->search, sizeof(look->search), "%s", look->typed);
	if (!rows.listing ||
	    !listing_search(rows.listing, m, look, rows.rows, rows.n, p, look->search))
		snprintf(look->message, sizeof(look->message), "No row holds \"%s\".",
			 look->search);
}

/* While something is typed. */
static void type(struct look *look, const struct model *m, int press)
{
	size_t len = strlen(look->typed);

	if (press == PRESS_ENTER) {
		take_typed(look, m);
		look->prompt = PROMPT_NONE;
	} else if (press == PRESS_ESCAPE) {
		look->prompt = PROMPT_NONE;
	} else if (press == PRESS_ERASE && len) {
		look->typed[len - 1] = '\0';
	} else if (press < PRESS_NONE && len + 1 < sizeof(look->typed)) {
		look->typed[len] = (char)press;
		look->typed[len + 1] = '\0';
	}
}

static bool is_of(const struct key_row *row, int press)
{
	for (unsigned i = 0; i < sizeof(row->presses) / sizeof(row->presses[0]); i++)
		if (row->presses[i] && row->presses[i] == press)
			return true;
	return false;
}

enum answer keys_press(struct look *look, const struct model *m, int press)
{
	*look->message = '\0';
	if (look->prompt) {
		type(look, m, press);
		return ANSWER_DRAW;
	}
	if (press >= '1' && press < '1' + N_SCREENS)
		return go_to(look, (unsigned)(press - '1'));
	for (unsigned i = 0; i < n_key_rows; i++)
		if (is_of(&key_rows[i], press) && (!key_rows[i].replay || look->position))
			return key_rows[i].act(look, m);
	return ANSWER_DRAW;
}

enum answer keys_click(struct look *look, const struct model *m, unsigned x, unsigned y)
{
	struct place *p = look_place(look);
	int screen = screen_at(m, x, y);
	unsigned row = p->first + y - p->top;

	if (screen >= 0)
		return go_to(look, (unsigned)screen);
	if (look->help || y < p->top || row >= p->n)
		return ANSWER_DRAW;
	if (p->selected == row)
		return deeper(look, m);
	p->selected = row;
	return ANSWER_DRAW;
}
