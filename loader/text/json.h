/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The parts that NDJSON lines are put together from. Objects and arrays that are put into another
 * belong to it. */
#ifndef WAKELAB_JSON_H
#define WAKELAB_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

#include "wakelab.h"

#define SCHEMA 3 /* of lines; it changes when a name or its meaning does */

/* A field of object o. A NULL string is null, and so is a number that is not known; any other
 * string is made visible(). */
void put(struct json_object *o, const char *name, __u64 value);
void put_known(struct json_object *o, const char *name, bool known, __u64 value);
/* One that need not be whole; NAN is null. */
void put_real(struct json_object *o, const char *name, double value);
void put_bool(struct json_object *o, const char *name, bool value);
void put_string(struct json_object *o, const char *name, const char *value);

/* A new, empty object or array as a field of o. */
struct json_object *put_object(struct json_object *o, const char *name);
struct json_object *put_array(struct json_object *o, const char *name);

/* A histogram: count, sum, min, max and percentiles; one over too few samples is null. */
void put_hist(struct json_object *o, const char *name, const struct hist *h);

/* A new line of that type: an object with it and the schema; put_line() frees it. */
struct json_object *new_line(const char *type);
/* Prints o as one line, and frees it. */
void put_line(FILE *out, struct json_object *o);

#endif
