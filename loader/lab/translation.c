// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "translation.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "visible.h"

#define MAX_PATH  128 /* bytes of "questions[1].choices[0].text" */
#define MAX_PARTS 128 /* that are still to be looked at */

/* The fields that are for people. All others belong to the original alone. */
static const char *const texts[] = {"title",   "question", "needs", "ask", "text",
				    "explain", "task",     "asks",  "say"};
#define N_TEXTS (sizeof(texts) / sizeof(texts[0]))

/* Which original a translation was made of; scripts/translations looks after it. */
#define MADE_OF "original"

static bool is_text(const char *field)
{
	size_t i = 0;

	while (i < N_TEXTS && strcmp(texts[i], field))
		i++;
	return i < N_TEXTS;
}

/* A part of a translation, and that of the original that it stands for. */
struct part {
	struct json_object *original, *own;
	bool text; /* it is for people, as its field says */
	char path[MAX_PATH];
};

struct work {
	struct part parts[MAX_PARTS];
	unsigned n;
	char *error;
};

/* Gives false. */
__attribute__((format(printf, 3, 4))) static bool mismatch(struct work *w, const char *path,
							   const char *format, ...)
{
	char reason[160], seen[128];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	snprintf(w->error, FIELD_ERROR, "%s%s%s", visible(path, seen, sizeof(seen)),
		 *path ? ": " : "", reason);
	return false;
}

static bool add_part(struct work *w, const struct part *part)
{
	if (w->n == MAX_PARTS)
		return mismatch(w, part->path, "is one part too many");
	w->parts[w->n++] = *part;
	return true;
}

/* The parts of an object, by name. */
static bool add_fields(struct work *w, const struct part *whole)
{
	json_object_object_foreach(whole->own, name, value)
	{
		struct part part = {.own = value, .text = is_text(name)};

		snprintf(part.path, MAX_PATH, "%.60s%s%.30s", whole->path, *whole->path ? "." : "",
			 name);
		if (!*whole->path && !strcmp(name, MADE_OF))
			continue;
		if (!json_object_object_get_ex(whole->original, name, &part.original))
			return mismatch(w, part.path, "the original has no such field");
		if (!add_part(w, &part))
			return false;
	}
	return true;
}

/* Those of an array, by number. */
static bool add_rows(struct work *w, const struct part *whole)
{
	size_t n = json_object_array_length(whole->own);
	size_t originals = json_object_array_length(whole->original);

	if (n != originals)
		return mismatch(w, whole->path, "has %zu, and the original %zu", n, originals);
	for (size_t i = 0; i < n; i++) {
		struct part part = {
			.original = json_object_array_get_idx(whole->original, i),
			.own = json_object_array_get_idx(whole->own, i),
			.text = whole->text,
		};

		snprintf(part.path, MAX_PATH, "%.90s[%zu]", whole->path, i);
		if (!add_part(w, &part))
			return false;
	}
	return true;
}

static bool take_part(struct work *w, const struct part *part)
{
	enum json_type type = json_object_get_type(part->own);

	if (type != json_object_get_type(part->original))
		return mismatch(w, part->path, "is of another type than in the original");
	if (type == json_type_object)
		return add_fields(w, part);
	if (type == json_type_array)
		return add_rows(w, part);
	if (!part->text || type != json_type_string)
		return mismatch(w, part->path, "is no text: it is for the original to say");
	json_object_set_string_len(part->original, json_object_get_string(part->own),
				   json_object_get_string_len(part->own));
	return true;
}

bool translate(struct json_object *original, const char *json, char *error)
{
	struct work w = {.error = error};
	struct part part = {.original = original};
	bool good = fields_parse(json, &part.own, error) && add_part(&w, &part);
	struct json_object *translation = part.own;

	while (good && w.n) {
		part = w.parts[--w.n];
		good = take_part(&w, &part);
	}
	json_object_put(translation);
	return good;
}
