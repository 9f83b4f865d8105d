// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "fields.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "expression.h"
#include "visible.h"

bool fields_wrong(struct reader *r, const char *field, const char *format, ...)
{
	char reason[EXPRESSION_ERROR + 64], name[VISIBLE_SIZE(32)], seen[32];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	snprintf(seen, sizeof(seen), "%s", field);
	snprintf(r->error, FIELD_ERROR, "%s%s%s%s%s", r->where, *r->where && *field ? "." : "",
		 visible(seen, name, sizeof(name)), *r->where || *field ? ": " : "", reason);
	return false;
}

static bool take_text(struct reader *r, struct json_object *o, const char *name, const char **into)
{
	char seen[VISIBLE_SIZE(MAX_TEXT)];
	const char *text = json_object_get_string(o);
	size_t len = json_object_is_type(o, json_type_string) ? json_object_get_string_len(o) : 0;

	if (!len)
		return fields_wrong(r, name, "must be a string");
	if (len != strlen(text) || len >= MAX_TEXT)
		return fields_wrong(r, name, "is longer than %d bytes, or contains a NUL",
				    MAX_TEXT - 1);
	if (strcmp(text, visible(text, seen, sizeof(seen))))
		return fields_wrong(r, name, "contains a backslash or unprintable characters");
	*into = text;
	return true;
}

static bool take_number(struct reader *r, struct json_object *o, const char *name, double *into)
{
	double value = json_object_get_double(o);

	if (!json_object_is_type(o, json_type_int) && !json_object_is_type(o, json_type_double))
		return fields_wrong(r, name, "must be a number");
	if (!(value >= 0 && value <= 1e15))
		return fields_wrong(r, name, "must be a number, 0 or more");
	*into = value;
	return true;
}

static bool take_list(struct reader *r, struct json_object *o, const char *name,
		      struct json_object **into)
{
	if (!json_object_is_type(o, json_type_array) || !json_object_array_length(o))
		return fields_wrong(r, name, "must be an array of one or more elements");
	*into = o;
	return true;
}

static bool take_field(struct reader *r, struct json_object *o, const struct field *f, char *into)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, f->name, &value))
		return f->optional || fields_wrong(r, f->name, "is missing");
	switch (f->type) {
	case FIELD_TEXT:
		return take_text(r, value, f->name, (const char **)(into + f->at));
	case FIELD_NUMBER:
		return take_number(r, value, f->name, (double *)(into + f->at));
	default:
		return take_list(r, value, f->name, (struct json_object **)(into + f->at));
	}
}

bool fields_take(struct reader *r, struct json_object *o, const struct field *fields, void *into)
{
	if (!json_object_is_type(o, json_type_object))
		return fields_wrong(r, "", "must be an object");
	json_object_object_foreach(o, key, unused)
	{
		const struct field *f = fields;

		(void)unused;
		while (f->name && strcmp(f->name, key))
			f++;
		if (!f->name)
			return fields_wrong(r, key, "unknown field");
	}
	for (const struct field *f = fields; f->name; f++)
		if (!take_field(r, o, f, into))
			return false;
	return true;
}

bool fields_check_expression(struct reader *r, const char *field, const char *text, bool sentence)
{
	char filled[FIELD_SENTENCE], why[EXPRESSION_ERROR];

	if (sentence)
		expression_fill(text, r->names, filled, sizeof(filled), why);
	else
		expression_value(text, r->names, why);
	return !*why || fields_wrong(r, field, "%s", why);
}

bool fields_take_count(struct reader *r, const char *field, struct json_object *list, unsigned most,
		       unsigned *n)
{
	*n = json_object_array_length(list);
	return *n <= most || fields_wrong(r, field, "has more than %u elements", most);
}

bool fields_take_texts(struct reader *r, const char *field, struct json_object *list, unsigned most,
		       const char **to)
{
	unsigned n;

	if (!fields_take_count(r, field, list, most, &n))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!take_text(r, json_object_array_get_idx(list, i), field, &to[i]))
			return false;
	to[n] = NULL;
	return true;
}

static bool is_name(const char *text)
{
	if (!isalpha((unsigned char)*text))
		return false;
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return !*text;
}

bool fields_take_name(struct reader *r, const char *name)
{
	if (!is_name(name) || !strcmp(name, "measured") ||
	    json_object_object_get_ex(r->names, name, NULL))
		return fields_wrong(r, "name", "must consist of letters and digits, and be unique");
	json_object_object_add(r->names, name, NULL);
	return true;
}

bool fields_parse(const char *json, struct json_object **root, char *error)
{
	struct json_tokener *tokener = json_tokener_new();
	enum json_tokener_error result;
	unsigned line = 1;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	*root = json_tokener_parse_ex(tokener, json, strlen(json) + 1);
	for (size_t i = 0; i < json_tokener_get_parse_end(tokener); i++)
		line += json[i] == '\n';
	result = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (result == json_tokener_success)
		return true;
	snprintf(error, FIELD_ERROR, "line %u: invalid JSON: %s", line,
		 json_tokener_error_desc(result));
	return false;
}
