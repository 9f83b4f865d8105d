/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A screen in memory: cells with a character and a style each. What is drawn of a run is drawn
 * here, and is the same whether a terminal shows it or a file gets it as text. */
#ifndef WAKELAB_CANVAS_H
#define WAKELAB_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What a cell means, not how it looks: tty.c has the colours. */
enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_TITLE,    /* of a part of a screen */
	STYLE_BAND,     /* the line that heads the screen, and that of the keys */
	STYLE_TAB,      /* the screen that is shown */
	STYLE_SELECTED, /* the row at which the user is */
	STYLE_WRONG,    /* to be mended */
	STYLE_NOTE,     /* worth knowing */
	STYLE_FINE,
	STYLE_FIRST, /* parts of a bar: tell them apart */
	STYLE_SECOND,
	STYLE_THIRD,
	STYLE_FOURTH,
	STYLE_SPARK,
	STYLE_HEAT, /* the first of HEATS, from few to many */
	N_STYLES = STYLE_HEAT + 5,
};
#define HEATS (N_STYLES - STYLE_HEAT)

#define CELL_TEXT 14

struct cell {
	char text[CELL_TEXT]; /* a character with what combines with it, UTF-8 */
	unsigned char style;
	unsigned char columns; /* 2 of a wide character; 0: the second half of one */
};

struct canvas {
	unsigned width, height;
	bool utf8; /* else every character that is put becomes one of ASCII */
	struct cell *cells;
};

/* A part of a canvas: what is drawn outside of it is cut off. */
struct area {
	struct canvas *on;
	unsigned x, y, width, height;
};

/* Empties it, of that size. False: there is no memory. */
bool canvas_begin(struct canvas *c, unsigned width, unsigned height);
void canvas_free(struct canvas *c);

/* All of it. */
struct area canvas_area(struct canvas *c);
/* The rows of an area from one on, so many at most; the columns. */
struct area area_rows(struct area a, unsigned from, unsigned rows);
struct area area_columns(struct area a, unsigned from, unsigned columns);

/*
 * Puts a text, which has been through visible() if it is from outside, at a place of an area; gives
 * the column behind it. What does not fit is cut off.
 */
unsigned area_put(struct area a, unsigned x, unsigned y, enum style style, const char *text);
__attribute__((format(printf, 5, 6))) unsigned
area_print(struct area a, unsigned x, unsigned y, enum style style, const char *format, ...);

/* The same in so many columns: what is longer ends with a mark that it is cut. right: it ends
 * there. */
void area_fit(struct area a, unsigned x, unsigned y, unsigned width, enum style style, bool right,
	      const char *text);

/* A text over several rows, broken between words, from a row on; the last row that there is room
 * for is cut. Gives how many rows it took. */
unsigned area_wrap(struct area a, unsigned x, unsigned y, enum style style, const char *text);

/* The style of so many cells, whatever they hold. */
void area_paint(struct area a, unsigned x, unsigned y, unsigned columns, enum style style);

/* A line of one character. */
void area_rule(struct area a, unsigned y, enum style style);

/* As text, a line a row, without the spaces at their ends. */
void canvas_write(const struct canvas *c, FILE *out);

#endif
