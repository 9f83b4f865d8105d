/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Lines for people: within the width at hand, in the characters that the reader's locale has. */
#ifndef WAKELAB_LAYOUT_H
#define WAKELAB_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "characters.h"

#define BOLD  "\033[1m"
#define RED   "\033[1;31m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

#define WIDTH_USUAL 100 /* where there is no terminal and nobody says */
#define WIDTH_LEAST 60  /* a narrower terminal has to break lines itself */
#define WIDTH_MOST  1000

/* In a line: what is broken goes on below this place. */
#define HANG "\v"

struct layout {
	FILE *out;
	unsigned width;
	unsigned rows; /* of the terminal, 0: there is none to write over */
	bool utf8, color;
	size_t len;
	char line[4096]; /* that is being written */
};

/* For lines to out, which get to the descriptor fd; of its terminal, COLUMNS and the locale as they
 * are now. */
void layout_begin(struct layout *l, FILE *out, int fd, bool color);

/*
 * Prints to the layout. A line comes out at its newline, without spaces at its end; one that is too
 * wide is broken: behind " ·" and at two spaces, else between words, and within a word only where
 * it is wider than a line; never within a number. It goes on below HANG; in a line without one, two
 * columns further in than it begins. Text from outside has to have been through visible().
 */
__attribute__((format(printf, 2, 3))) void lay(struct layout *l, const char *format, ...);

/* A line with a command: what stands before it, then its words up to a NULL. Where it is wider than
 * a line, each part but the last ends with a backslash, so that a shell takes it as it is printed.
 */
void lay_command(struct layout *l, const char *before, const char *const *words);

/* The colour, or nothing where there are to be none. */
static inline const char *paint(const struct layout *l, const char *colour)
{
	return l->color ? colour : "";
}

/* Columns of the terminal that fd is; else COLUMNS; else WIDTH_USUAL. At least WIDTH_LEAST. */
unsigned layout_width(int fd);

/* Rows of the terminal that fd is; 0: it is none, or one that only writes on (TERM=dumb). */
unsigned layout_rows(int fd);

/* Whether the locale that the environment names has UTF-8. */
bool layout_is_utf8(void);

/* Whether what gets there may be coloured, as far as the environment and fd are concerned. */
bool layout_may_color(int fd);

/* A column of a table. The names and numbers of a row stand in cells. */
struct column {
	const char *title;
	unsigned least, most; /* characters that it takes */
	unsigned rank;        /* the higher, the sooner it is dropped; 0: never */
	bool left;            /* its text begins at its left, not ends at its right */
	unsigned group;       /* between two groups there is a line */
};

#define MAX_COLUMNS 12

/* The columns of a table that fit, and how wide they are. */
struct grid {
	const struct column *columns;
	unsigned n;
	unsigned width[MAX_COLUMNS]; /* 0: it is dropped */
};

/* Chooses among n columns, at most MAX_COLUMNS; the first has rank 0. What is left of the width
 * goes to those that can take more. */
void grid_fit(struct grid *g, const struct layout *l, const struct column *columns, unsigned n);

/* A line with a cell for each column, shown or not. One that is too wide pushes the next on. */
void grid_row(struct layout *l, const struct grid *g, const char *const *cells);

/* The titles of the columns, in bold; or others, unless NULL. */
void grid_head(struct layout *l, const struct grid *g, const char *const *titles);

#endif
