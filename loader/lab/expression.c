// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "expression.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "language.h"

#define MAX_STEP 64 /* bytes of a name in a path */

struct parser {
	const char *at;
	struct json_object *values;
	char *error;
};

/* The first error stays. Gives NAN. */
__attribute__((format(printf, 2, 3))) static double fail(struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!*p->error)
		vsnprintf(p->error, EXPRESSION_ERROR, format, args);
	va_end(args);
	return NAN;
}

/* Whether that comes next, behind blanks; it is taken then. */
static bool take(struct parser *p, const char *mark)
{
	p->at += strspn(p->at, " ");
	if (strncmp(p->at, mark, strlen(mark)))
		return false;
	p->at += strlen(mark);
	return true;
}

static struct json_object *row_of(struct json_object *array, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *row = json_object_array_get_idx(array, i), *own;

		if (json_object_object_get_ex(row, "name", &own) &&
		    json_object_is_type(own, json_type_string) &&
		    !strcmp(json_object_get_string(own), name))
			return row;
	}
	return NULL;
}

enum step { STEP_NONE, STEP_DONE, STEP_NOTHING };

/* One step further. What lies below null is null. None: there is no such thing. Nothing: a row, or
 * an error, that is not there because nothing of it happened. */
static enum step step(struct json_object **o, const char *name, bool errors)
{
	if (!*o)
		return STEP_DONE;
	if (json_object_is_type(*o, json_type_object)) {
		if (json_object_object_get_ex(*o, name, o))
			return STEP_DONE;
		return errors ? STEP_NOTHING : STEP_NONE;
	}
	if (!json_object_is_type(*o, json_type_array))
		return STEP_NONE;
	*o = row_of(*o, name);
	return *o ? STEP_DONE : STEP_NOTHING;
}

static double number_of(struct parser *p, struct json_object *o, const char *start)
{
	switch (json_object_get_type(o)) {
	case json_type_null:
		return NAN;
	case json_type_int:
	case json_type_double:
	case json_type_boolean:
		return json_object_get_double(o);
	default:
		return fail(p, "\"%.*s\" is not a number", (int)(p->at - start), start);
	}
}

static double path(struct parser *p)
{
	enum step way = STEP_DONE;
	struct json_object *o = p->values;
	const char *start = p->at;
	char name[MAX_STEP] = "";
	size_t len;

	do {
		bool errors = !strcmp(name, "errors");

		for (len = 0; isalnum((unsigned char)p->at[len]) || p->at[len] == '_';)
			len++;
		snprintf(name, sizeof(name), "%.*s", (int)len, p->at);
		p->at += len;
		if (len && len < sizeof(name) && way == STEP_DONE)
			way = step(&o, name, errors);
		if (!len || len >= sizeof(name) || way == STEP_NONE)
			return fail(p, "there is no \"%.*s\"", (int)(p->at - start), start);
	} while (*p->at == '.' && p->at++);
	return way == STEP_NOTHING ? 0 : number_of(p, o, start);
}

static double factor(struct parser *p)
{
	double value;
	char *end;

	p->at += strspn(p->at, " ");
	if (isdigit((unsigned char)*p->at)) {
		value = strtod(p->at, &end);
		p->at = end;
		return value;
	}
	if (isalpha((unsigned char)*p->at))
		return path(p);
	return fail(p, *p->at ? "a value is missing at \"%.20s\"" : "a value is missing%s", p->at);
}

static double product(struct parser *p)
{
	double value = factor(p), by;

	for (;;) {
		if (take(p, "*")) {
			value *= factor(p);
		} else if (take(p, "/")) {
			by = factor(p);
			value = by == 0 ? NAN : value / by;
		} else {
			return value;
		}
	}
}

static double sum(struct parser *p)
{
	double value = product(p);

	for (;;) {
		if (take(p, "+"))
			value += product(p);
		else if (take(p, "-"))
			value -= product(p);
		else
			return value;
	}
}

/* The longer marks first. */
static const struct comparison_mark {
	const char *mark;
	bool below, same, above;
} comparisons[] = {
	{.mark = "<=", .below = true, .same = true},
	{.mark = ">=", .same = true, .above = true},
	{.mark = "<", .below = true},
	{.mark = ">", .above = true},
	{.mark = "=", .same = true},
};
#define N_COMPARISONS (sizeof(comparisons) / sizeof(comparisons[0]))

static double comparison(struct parser *p)
{
	double left = sum(p), right;

	for (size_t i = 0; i < N_COMPARISONS; i++) {
		const struct comparison_mark *c = &comparisons[i];

		if (!take(p, c->mark))
			continue;
		right = sum(p);
		if (isnan(left) || isnan(right))
			return NAN;
		return left < right ? c->below : left > right ? c->above : c->same;
	}
	return left;
}

double expression_value(const char *text, struct json_object *values, char *error)
{
	struct parser p = {.at = text, .values = values, .error = error};
	double value;

	*error = '\0';
	value = comparison(&p);
	if (!take(&p, "") || *p.at)
		return fail(&p, "\"%.20s\" is not understood", p.at);
	return *error ? NAN : value;
}

/*
 * Writes what stands for the text between two braces, which it changes: a value, and where
 * "|ONE|MORE" follows the expression, the one of them that agrees with it in number.
 */
static size_t put_value(char *text, struct json_object *values, char *to, size_t size, char *error)
{
	char *one = strchr(text, '|'), *more = one ? strchr(one + 1, '|') : NULL;
	double value;

	if (more)
		*one = *more = '\0';
	value = expression_value(text, values, error);
	return snprintf(to, size, "%s%s%s", number_text(value), more ? " " : "",
			!more ? "" : (value == 1 ? one : more) + 1);
}

bool expression_fill(const char *sentence, struct json_object *values, char *to, size_t size,
		     char *error)
{
	char inner[256];
	size_t at = 0, len;

	*error = *to = '\0';
	for (; *sentence; sentence += len) {
		len = strcspn(sentence, "{");
		if (len) {
			at += snprintf(to + at, size - at, "%.*s", (int)len, sentence);
		} else {
			len = strcspn(sentence, "}") + 1;
			if (len > strlen(sentence) || len > sizeof(inner)) {
				snprintf(error, EXPRESSION_ERROR, "a \"}\" is missing");
				return false;
			}
			snprintf(inner, sizeof(inner), "%.*s", (int)len - 2, sentence + 1);
			at += put_value(inner, values, to + at, size - at, error);
			if (*error)
				return false;
		}
		if (at >= size) {
			snprintf(error, EXPRESSION_ERROR, "is longer than %zu bytes", size - 1);
			return false;
		}
	}
	return true;
}

const char *number_text(double value)
{
	char *buf;

	if (isnan(value))
		return tr("unknown");
	if (value >= 0 && value < 1e15 && value == floor(value))
		return format_count((__u64)value);
	buf = format_buffer();
	snprintf(buf, FORMAT_SIZE, "%.*f", fabs(value) < 1e15 ? 2 : 0, value);
	return buf;
}
