/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Reading the JSON of a lesson into structs: each field is checked, and refused by its name. */
#ifndef WAKELAB_FIELDS_H
#define WAKELAB_FIELDS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#define MAX_TEXT       1000 /* bytes of a text */
#define FIELD_ERROR    320  /* bytes of an error's text */
#define FIELD_SENTENCE 1024 /* bytes of a sentence with its numbers */

enum field_type { FIELD_TEXT, FIELD_NUMBER, FIELD_LIST };

/* A field of an object, and where in the struct for that object it goes: a const char *, a double,
 * or the struct json_object * of an array that is not empty. A table of them ends with {0}. */
struct field {
	const char *name;
	enum field_type type;
	bool optional;
	size_t at;
};

struct reader {
	struct json_object *names; /* what expressions may name: nothing of it is known yet */
	char *error;               /* FIELD_ERROR bytes: which field is wrong, and why */
	char where[64];            /* the object that is read: "", "questions[1]" */
};

/* All of these give false, with the error, if something is wrong. */

/* Says what is wrong with a field of the object that is read; with "", with that object. */
__attribute__((format(printf, 3, 4))) bool fields_wrong(struct reader *r, const char *field,
							const char *format, ...);

/* The JSON itself; root is to be put in both cases. */
bool fields_parse(const char *json, struct json_object **root, char *error);

/* Takes all fields of an object into the struct for it, and refuses others. Texts are fit for a
 * terminal, see visible.h, and belong to the object. */
bool fields_take(struct reader *r, struct json_object *o, const struct field *fields, void *into);

/* A list of texts, with a NULL behind the last: to has room for most of them and that. */
bool fields_take_texts(struct reader *r, const char *field, struct json_object *list, unsigned most,
		       const char **to);

/* How many there are in a list; more than a struct has room for are refused. */
bool fields_take_count(struct reader *r, const char *field, struct json_object *list, unsigned most,
		       unsigned *n);

/* A name that expressions know something by from here on: letters and digits, not taken yet. */
bool fields_take_name(struct reader *r, const char *name);

/* Whether an expression, or those in a sentence, could have a value. */
bool fields_check_expression(struct reader *r, const char *field, const char *text, bool sentence);

#endif
