// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "percentile.h"
#include "visible.h"

void put(struct json_object *o, const char *name, __u64 value)
{
	json_object_object_add(o, name, json_object_new_uint64(value));
}

void put_known(struct json_object *o, const char *name, bool known, __u64 value)
{
	json_object_object_add(o, name, known ? json_object_new_uint64(value) : NULL);
}

void put_real(struct json_object *o, const char *name, double value)
{
	struct json_object *number = isnan(value) ? NULL : json_object_new_double(value);

	if (number)
		json_object_set_serializer(number, json_object_double_to_json_string, "%.9g", NULL);
	json_object_object_add(o, name, number);
}

void put_bool(struct json_object *o, const char *name, bool value)
{
	json_object_object_add(o, name, json_object_new_boolean(value));
}

void put_string(struct json_object *o, const char *name, const char *value)
{
	size_t size = value ? VISIBLE_SIZE(strlen(value) + 1) : 0;
	char *seen = value ? malloc(size) : NULL;

	json_object_object_add(o, name,
			       seen ? json_object_new_string(visible(value, seen, size)) : NULL);
	free(seen);
}

struct json_object *put_object(struct json_object *o, const char *name)
{
	struct json_object *inner = json_object_new_object();

	json_object_object_add(o, name, inner);
	return inner;
}

struct json_object *put_array(struct json_object *o, const char *name)
{
	struct json_object *inner = json_object_new_array();

	json_object_object_add(o, name, inner);
	return inner;
}

static void put_percentile(struct json_object *o, const char *name, const struct hist *h, double p)
{
	uint64_t value;

	json_object_object_add(
		o, name, hist_percentile(h, p, &value) ? json_object_new_uint64(value) : NULL);
}

void put_hist(struct json_object *o, const char *name, const struct hist *h)
{
	struct json_object *inner = put_object(o, name);

	put(inner, "count", h->count);
	put(inner, "sum", h->sum);
	put(inner, "min", hist_min(h));
	put(inner, "max", h->max);
	put_percentile(inner, "p50", h, 0.5);
	put_percentile(inner, "p90", h, 0.9);
	put_percentile(inner, "p99", h, 0.99);
	put_percentile(inner, "p999", h, 0.999);
}

struct json_object *new_line(const char *type)
{
	struct json_object *o = json_object_new_object();

	put_string(o, "type", type);
	put(o, "schema", SCHEMA);
	return o;
}

void put_line(FILE *out, struct json_object *o)
{
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
							  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
