/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The JSON schemas of the lines of NDJSON, as they are in docs/schema/. */
#ifndef WAKELAB_SCHEMAS_H
#define WAKELAB_SCHEMAS_H

#include <stddef.h>

struct schema {
	const char *type; /* of the lines; "any" */
	const char *text;
	const char *by;    /* "run, trace": the commands that print it; NULL: of any line */
	const char *means; /* what it is */
};

/* That of any line comes first. */
extern const struct schema schemas[];
extern const size_t n_schemas;

#endif
