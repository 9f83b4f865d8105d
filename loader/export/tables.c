// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "tables.h"

#include <assert.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "exit_status.h"
#include "schemas.h"

#define REFERENCE "#/$defs/"

static void *checked(void *made)
{
	if (!made)
		err(EXIT_FAILED, "cannot make the tables");
	return made;
}

static char *path_of(const char *path, const char *name)
{
	char *made;

	return checked(asprintf(&made, "%s.%s", path, name) < 0 ? NULL : made);
}

static struct json_object *member(const struct json_object *o, const char *name)
{
	struct json_object *found;

	return json_object_object_get_ex(o, name, &found) ? found : NULL;
}

static struct json_object *definition(const struct tables *t, const char *name)
{
	return member(member(t->schema, "$defs"), name);
}

/* What a schema comes to: what it refers to; and of what may be null, what else it may be. */
static struct json_object *meant(const struct tables *t, struct json_object *schema)
{
	struct json_object *either, *reference;

	do {
		either = member(schema, "anyOf");
		if (either)
			schema = json_object_array_get_idx(either, 0);
		reference = member(schema, "$ref");
		if (reference)
			schema = definition(t,
					    json_object_get_string(reference) + strlen(REFERENCE));
	} while (either || reference);
	return schema;
}

static enum column_form form_of(const struct tables *t, const struct json_object *schema)
{
	struct json_object *items = member(schema, "items");

	if (items)
		return member(meant(t, items), "properties") ? COLUMN_ROWS : COLUMN_CELL;
	if (json_object_is_type(member(schema, "additionalProperties"), json_type_object))
		return COLUMN_NAMED;
	return member(schema, "properties") ? COLUMN_PART : COLUMN_CELL;
}

static struct tabled *add_table(struct tables *t, const char *name, bool is_inner)
{
	struct tabled *table = checked(calloc(1, sizeof(*table)));

	assert(t->n < MAX_TABLES);
	t->all[t->n++] = table;
	table->name = checked(strdup(name));
	table->file_name = path_of(name, "csv");
	table->is_inner = is_inner;
	return table;
}

/* What a table is called says the same. */
static bool is_type(const struct json_object *schema)
{
	return json_object_is_type(member(schema, "const"), json_type_string);
}

/* The columns of what an object has; path: what leads there. Objects are in one another, as deep as
 * the schemas say. NOLINTNEXTLINE(misc-no-recursion) */
static void fill(struct tables *t, struct columns *into, const struct json_object *object,
		 const char *path)
{
	struct json_object *properties = member(object, "properties"), *schema;

	into->at = checked(calloc(json_object_object_length(properties), sizeof(*into->at)));
	json_object_object_foreach(properties, name, stated)
	{
		struct column *c = &into->at[into->n];
		char *inner = path_of(path, name);

		schema = meant(t, stated);
		c->name = name;
		c->form = form_of(t, schema);
		if (c->form == COLUMN_NAMED || c->form == COLUMN_ROWS)
			c->table = add_table(t, inner, true);
		if (c->form == COLUMN_ROWS)
			fill(t, &c->table->columns, meant(t, member(schema, "items")), inner);
		if (c->form == COLUMN_PART)
			fill(t, &c->parts, schema, inner);
		if (!is_type(schema))
			into->n++;
		free(inner);
	}
}

/* Whether a run, which "trace" makes as well, prints lines of a type. */
static bool has_run(const struct schema *s)
{
	return s->by && strstr(s->by, "trace");
}

void tables_make(struct tables *t)
{
	*t = (struct tables){.schema = checked(json_tokener_parse(schemas[0].text))};
	for (size_t i = 0; i < n_schemas; i++)
		if (has_run(&schemas[i]))
			fill(t, &add_table(t, schemas[i].type, false)->columns,
			     definition(t, schemas[i].type), schemas[i].type);
}

struct tabled *tables_find(const struct tables *t, const char *type)
{
	for (unsigned i = 0; i < t->n; i++)
		if (!strcmp(t->all[i]->name, type))
			return t->all[i];
	return NULL;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void free_columns(struct columns *columns)
{
	for (unsigned i = 0; i < columns->n; i++)
		free_columns(&columns->at[i].parts);
	free(columns->at);
}

void tables_free(struct tables *t)
{
	for (unsigned i = 0; i < t->n; i++) {
		free_columns(&t->all[i]->columns);
		free(t->all[i]->name);
		free(t->all[i]->file_name);
		free(t->all[i]);
	}
	json_object_put(t->schema);
}
