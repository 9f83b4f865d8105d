// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "csv.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "exit_status.h"
#include "folder.h"
#include "replay.h"
#include "tables.h"

#define BUFFER (1 << 16)

struct csv {
	const char *folder;
	struct tables tables;
	struct json_tokener *tokener;
	struct bytes line; /* that is not whole yet */
	bool failed;       /* which was said */
};

/* Spreadsheets take a text that begins so for a formula. ' is what tells them that it is none, so a
 * text that has it gets another: without the first one each is what it was. */
static bool is_guarded(const char *text)
{
	return *text && strchr("=+-@'", *text);
}

static void put_chars(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
}

/* A text in quotes, so that "" is not null. */
static void put_text(FILE *out, const char *text)
{
	putc('"', out);
	if (is_guarded(text))
		putc('\'', out);
	put_chars(out, text);
	putc('"', out);
}

static void put_value(FILE *out, struct json_object *value)
{
	if (json_object_is_type(value, json_type_string))
		put_text(out, json_object_get_string(value));
	else if (value)
		fputs(json_object_to_json_string(value), out);
}

/* The values of an array, with a space between them, as one text. */
static void put_list(FILE *out, struct json_object *array)
{
	for (size_t i = 0; array && i < json_object_array_length(array); i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(array, i));

		fputs(i ? " " : is_guarded(text) ? "\"'" : "\"", out);
		put_chars(out, text);
	}
	if (array)
		fputs(json_object_array_length(array) ? "\"" : "\"\"", out);
}

/* Objects are in one another, as deep as the schemas say. NOLINTBEGIN(misc-no-recursion) */

/* Each row has a number, and that of the row that it belongs to. */
static FILE *begin_row(struct tabled *t, __u64 parent)
{
	fprintf(t->file, "%llu", (unsigned long long)++t->rows);
	if (t->is_inner)
		fprintf(t->file, ",%llu", (unsigned long long)parent);
	return t->file;
}

static void put_columns(FILE *out, const struct columns *columns, struct json_object *object,
			__u64 row);

static void put_row(struct tabled *t, struct json_object *object, __u64 parent)
{
	FILE *out = begin_row(t, parent);

	put_columns(out, &t->columns, object, t->rows);
	putc('\n', out);
}

static void put_cell(FILE *out, const struct column *c, struct json_object *value, __u64 row)
{
	(void)c;
	(void)row;
	putc(',', out);
	if (json_object_is_type(value, json_type_array))
		put_list(out, value);
	else
		put_value(out, value);
}

static void put_part(FILE *out, const struct column *c, struct json_object *object, __u64 row)
{
	put_columns(out, &c->parts, object, row);
}

/* These are in files of their own. */
static void put_named(FILE *out, const struct column *c, struct json_object *object, __u64 row)
{
	if (!object)
		return;
	json_object_object_foreach(object, name, value)
	{
		out = begin_row(c->table, row);
		putc(',', out);
		put_text(out, name);
		putc(',', out);
		put_value(out, value);
		putc('\n', out);
	}
}

static void put_rows(FILE *out, const struct column *c, struct json_object *array, __u64 row)
{
	size_t n = array ? json_object_array_length(array) : 0;

	(void)out;
	for (size_t i = 0; i < n; i++)
		put_row(c->table, json_object_array_get_idx(array, i), row);
}

static void (*const put_form[])(FILE *out, const struct column *c, struct json_object *value,
				__u64 row) = {
	[COLUMN_CELL] = put_cell,
	[COLUMN_PART] = put_part,
	[COLUMN_NAMED] = put_named,
	[COLUMN_ROWS] = put_rows,
};

static void put_columns(FILE *out, const struct columns *columns, struct json_object *object,
			__u64 row)
{
	for (unsigned i = 0; i < columns->n; i++) {
		const struct column *c = &columns->at[i];
		struct json_object *value = NULL;

		json_object_object_get_ex(object, c->name, &value);
		put_form[c->form](out, c, value, row);
	}
}

/* The first line of a table: the names of its columns, those of parts with what they are of. */
static void put_names(FILE *out, const struct columns *columns, const char *prefix)
{
	char inner[256];

	for (unsigned i = 0; i < columns->n; i++) {
		const struct column *c = &columns->at[i];

		if (c->form == COLUMN_CELL)
			fprintf(out, ",%s%s", prefix, c->name);
		snprintf(inner, sizeof(inner), "%s%s.", prefix, c->name);
		put_names(out, &c->parts, inner);
	}
}

/* NOLINTEND(misc-no-recursion) */

static void put_header(const struct tabled *t)
{
	fputs(t->is_inner ? "row,parent" : "row", t->file);
	put_names(t->file, &t->columns, "");
	fputs(t->columns.n ? "\n" : ",name,value\n", t->file);
}

static int open_tables(struct csv *c)
{
	for (unsigned i = 0; i < c->tables.n; i++) {
		struct tabled *t = c->tables.all[i];

		t->file = folder_file(t->file_name);
		if (!t->file) {
			c->failed = true;
			return -1;
		}
		put_header(t);
	}
	return 0;
}

static void fail(struct csv *c, const struct tabled *t)
{
	if (!c->failed)
		warn("cannot write to %s/%s", c->folder, t->file_name);
	c->failed = true;
}

static int close_tables(struct csv *c)
{
	for (unsigned i = 0; i < c->tables.n; i++)
		if (c->tables.all[i]->file && fclose(c->tables.all[i]->file))
			fail(c, c->tables.all[i]);
	return c->failed ? -1 : 0;
}

static void take_line(struct csv *c)
{
	struct json_object *type, *line;

	json_tokener_reset(c->tokener);
	line = json_tokener_parse_ex(c->tokener, (char *)c->line.data, (int)c->line.len);
	if (c->line.failed || !json_object_object_get_ex(line, "type", &type)) {
		warnx("cannot write to %s: %s", c->folder, strerror(ENOMEM));
		c->failed = true;
	} else {
		put_row(tables_find(&c->tables, json_object_get_string(type)), line, 0);
	}
	json_object_put(line);
	c->line.len = 0;
	for (unsigned i = 0; i < c->tables.n; i++)
		if (ferror(c->tables.all[i]->file))
			fail(c, c->tables.all[i]);
}

/* For fopencookie(): lines as they come, with their ends. */
static ssize_t take(void *cookie, const char *buf, size_t len)
{
	struct csv *c = cookie;

	for (const char *at = buf; at < buf + len && !c->failed;) {
		const char *end = memchr(at, '\n', buf + len - at);
		size_t n = (end ? end + 1 : buf + len) - at;

		bytes_add(&c->line, at, n);
		at += n;
		if (end)
			take_line(c);
	}
	return c->failed ? 0 : (ssize_t)len;
}

/* Gives the status of the replay. */
static int write_lines(struct csv *c, struct recording *r)
{
	const struct replay all = {.out = {.sink = &sink_ndjson, .wish.events.fd = -1},
				   .intervals = true,
				   .done = "written"};
	const cookie_io_functions_t functions = {.write = take};
	FILE *lines = fopencookie(c, "w", functions);
	int status = EXIT_FAILED;

	if (!lines || setvbuf(lines, NULL, _IOFBF, BUFFER)) {
		warn("cannot write to %s", c->folder);
		c->failed = true;
	} else {
		status = replay_print(lines, &all, r);
	}
	if (lines)
		fclose(lines);
	return status;
}

int csv_write(const char *folder, struct recording *r)
{
	struct csv c = {.folder = folder, .tokener = json_tokener_new()};
	int status = EXIT_FAILED;

	tables_make(&c.tables);
	if (!folder_open(folder)) {
		if (!open_tables(&c))
			status = write_lines(&c, r);
		if (close_tables(&c))
			status = EXIT_FAILED;
		if (c.failed || (status != EXIT_DONE && !recording_flaw(r)))
			folder_drop();
		else
			folder_keep();
	}
	tables_free(&c.tables);
	json_tokener_free(c.tokener);
	bytes_free(&c.line);
	return status;
}
