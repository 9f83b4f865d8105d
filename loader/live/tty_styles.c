// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "tty_styles.h"

#define NCURSES_NOMACROS
#include <curses.h>

#define USUAL (-1) /* the terminal's own colour */
#define MANY  256

/* A colour of 256, the same of 16, and what stands for it where there are none. */
static const struct look_of {
	short fg, bg, fg16, bg16;
	attr_t with, without; /* colours */
} looks[N_STYLES] = {
	[STYLE_PLAIN] = {USUAL, USUAL, USUAL, USUAL, A_NORMAL, A_NORMAL},
	[STYLE_DIM] = {244, USUAL, USUAL, USUAL, A_NORMAL, A_DIM},
	[STYLE_BOLD] = {USUAL, USUAL, USUAL, USUAL, A_BOLD, A_BOLD},
	[STYLE_TITLE] = {32, USUAL, COLOR_CYAN, USUAL, A_BOLD, A_BOLD},
	[STYLE_BAND] = {231, 24, COLOR_WHITE, COLOR_BLUE, A_NORMAL, A_REVERSE},
	[STYLE_TAB] = {231, 32, COLOR_BLACK, COLOR_CYAN, A_BOLD, A_REVERSE},
	[STYLE_SELECTED] = {231, 60, COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE},
	[STYLE_WRONG] = {208, USUAL, COLOR_YELLOW, USUAL, A_BOLD, A_BOLD},
	[STYLE_NOTE] = {74, USUAL, COLOR_CYAN, USUAL, A_NORMAL, A_NORMAL},
	[STYLE_FINE] = {36, USUAL, COLOR_CYAN, USUAL, A_NORMAL, A_NORMAL},
	[STYLE_FIRST] = {32, USUAL, COLOR_BLUE, USUAL, A_NORMAL, A_NORMAL},
	[STYLE_SECOND] = {110, USUAL, COLOR_CYAN, USUAL, A_NORMAL, A_NORMAL},
	[STYLE_THIRD] = {208, USUAL, COLOR_YELLOW, USUAL, A_NORMAL, A_BOLD},
	[STYLE_FOURTH] = {175, USUAL, COLOR_MAGENTA, USUAL, A_NORMAL, A_DIM},
	[STYLE_SPARK] = {74, USUAL, COLOR_CYAN, USUAL, A_NORMAL, A_NORMAL},
	[STYLE_HEAT] = {25, USUAL, COLOR_BLUE, USUAL, A_NORMAL, A_NORMAL},
	[STYLE_HEAT + 1] = {32, USUAL, COLOR_BLUE, USUAL, A_BOLD, A_NORMAL},
	[STYLE_HEAT + 2] = {74, USUAL, COLOR_CYAN, USUAL, A_NORMAL, A_NORMAL},
	[STYLE_HEAT + 3] = {179, USUAL, COLOR_YELLOW, USUAL, A_NORMAL, A_NORMAL},
	[STYLE_HEAT + 4] = {214, USUAL, COLOR_YELLOW, USUAL, A_BOLD, A_BOLD},
};

static attr_t attributes[N_STYLES];
static short pairs[N_STYLES];

void styles_begin(bool color)
{
	bool colors = color && has_colors() && start_color() == OK && use_default_colors() == OK;

	for (int i = 0; i < N_STYLES; i++) {
		const struct look_of *l = &looks[i];
		bool many = colors && COLORS >= MANY;

		attributes[i] = colors ? l->with : l->without;
		pairs[i] = 0;
		if (!colors || (l->fg == USUAL && l->bg == USUAL))
			continue;
		pairs[i] = (short)(i + 1);
		init_pair(pairs[i], many ? l->fg : l->fg16, many ? l->bg : l->bg16);
	}
}

void styles_set(enum style style)
{
	attr_set(attributes[style], pairs[style], NULL);
}
