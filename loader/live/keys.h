/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The keys: a row each, from which come what they do and the help. */
#ifndef WAKELAB_KEYS_H
#define WAKELAB_KEYS_H

#include "look.h"
#include "live_model.h"

/* What was pressed: a character, or one of these. */
enum press {
	PRESS_NONE = 0x100,
	PRESS_ENTER,
	PRESS_ESCAPE,
	PRESS_TAB,
	PRESS_BACK_TAB,
	PRESS_UP,
	PRESS_DOWN,
	PRESS_LEFT,
	PRESS_RIGHT,
	PRESS_HOME,
	PRESS_END,
	PRESS_PAGE_UP,
	PRESS_PAGE_DOWN,
	PRESS_ERASE,
	PRESS_HELP,
	PRESS_QUIT,
	PRESS_AGAIN, /* the terminal is to be drawn anew */
};

/* What is for the caller to do. */
enum answer {
	ANSWER_DRAW, /* nothing but to draw */
	ANSWER_QUIT,
	ANSWER_WRITE, /* the screen to a file */
	ANSWER_ANEW,  /* all of the terminal */
	/* of a replay */
	ANSWER_EARLIER,
	ANSWER_LATER,
	ANSWER_FIRST,
	ANSWER_LAST,
	ANSWER_NEXT_FINDING,
};

struct key_row {
	int presses[3];          /* 0: no more */
	const char *keys, *what; /* in the help */
	enum answer (*act)(struct look *look, const struct model *m);
	bool replay; /* only there; a row of that key further down holds elsewhere */
};

extern const struct key_row key_rows[];
extern const unsigned n_key_rows;

/* Does what is to be done at a key. */
enum answer keys_press(struct look *look, const struct model *m, int press);

/* The same of a click of the mouse, at a place of the screen. */
enum answer keys_click(struct look *look, const struct model *m, unsigned x, unsigned y);

#endif
