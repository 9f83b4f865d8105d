/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The lines of NDJSON as tables, by their schemas: each type of lines is one, and so is each array
 * of objects, and each object with fields of any name, that lines have. So all recordings have the
 * same tables, with the same columns.
 */
#ifndef WAKELAB_TABLES_H
#define WAKELAB_TABLES_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

#include "folder.h"
#include "wakelab.h"

enum column_form {
	COLUMN_CELL,  /* a value, or an array of values */
	COLUMN_PART,  /* an object: columns of its own */
	COLUMN_NAMED, /* an object with fields of any name: a table of its own */
	COLUMN_ROWS,  /* an array of objects: a table of its own */
};

struct columns {
	struct column *at;
	unsigned n;
};

struct column {
	const char *name; /* of the field */
	enum column_form form;
	struct columns parts;
	struct tabled *table; /* of its own */
};

struct tabled {
	char *name;             /* "summary.epolls.busiest": what leads there */
	char *file_name;        /* the same with ".csv" */
	struct columns columns; /* none: it has names and values */
	bool is_inner;          /* its rows belong to those of another table */
	__u64 rows;             /* that were written */
	FILE *file;             /* NULL: none is open */
};

#define MAX_TABLES FOLDER_FILES

struct tables {
	struct json_object *schema; /* has the names */
	struct tabled *all[MAX_TABLES];
	unsigned n;
};

/* The tables of all that a run prints. Where there is no memory, the program ends after one line on
 * stderr. */
void tables_make(struct tables *t);
void tables_free(struct tables *t);

/* The table of a type of lines; NULL: there is none. */
struct tabled *tables_find(const struct tables *t, const char *type);

#endif
