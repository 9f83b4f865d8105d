/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Lists with columns: sorted, filtered, with a row that is selected. */
#ifndef WAKELAB_LISTING_H
#define WAKELAB_LISTING_H

#include "canvas.h"
#include "look.h"
#include "live_model.h"

#define CELL_SIZE 320

/* A row, and what it is a row of. */
struct line {
	const struct model *model;
	const struct look *look;
	const void *row;
};

struct list_column {
	const char *title,
		*total; /* of the last second; of counts since the start: NULL: the same */
	unsigned width; /* 0: it takes what the others leave */
	unsigned from;  /* it is left out of an area that is narrower */
	bool left;      /* its text begins at its left */
	/* a text, which may hold names from outside as they came; or what is drawn */
	void (*text)(const struct line *l, char *buf, size_t size);
	void (*draw)(const struct line *l, struct area cell);
	double (*value)(const struct line *l);     /* that it is sorted by; NULL: its text */
	enum style (*style)(const struct line *l); /* NULL: plain */
};

struct listing {
	const struct list_column *columns;
	unsigned n_columns;
	unsigned usual; /* the column that it is sorted by, and 1; 0: as the rows come */
	size_t row_size;
	void (*id)(const void *row, struct row_id *id);
	const char *none; /* what is said where there are no rows */
};

#define MAX_LINES 128

/* Its titles, and below them the rows that there is room for. place: it is the list that the keys
 * are for; NULL: it is not. */
void listing_draw(struct area a, const struct listing *t, const struct model *m,
		  const struct look *look, const void *rows, unsigned n, struct place *place);

/* Selects the next row, from the selected one on, that holds a text. False: there is none. */
bool listing_search(const struct listing *t, const struct model *m, const struct look *look,
		    const void *rows, unsigned n, struct place *place, const char *text);

/* The row with that id, NULL: it is gone. */
const void *listing_find(const struct listing *t, const void *rows, unsigned n,
			 const struct row_id *id);

/* Whether counts of the last second are shown; the counts that are. */
bool scope_is_second(const struct model *m, const struct look *look);
const struct snapshot *scope_of(const struct model *m, const struct look *look);
/* A count as a rate, or as it is; n is that of the scope. */
const char *scope_count(const struct line *l, __u64 n);
/* "in the last second", "since the start" */
const char *scope_text(const struct model *m, const struct look *look);

#endif
