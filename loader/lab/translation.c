// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "translation.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "plural.h"
#include "visible.h"

#define MAX_PATH   128 /* bytes of "questions[1].choices[0].text" */
#define MAX_PIECES 128 /* that are still to be looked at */

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

/* A piece of a translation, and that of the original that it stands for. */
struct piece {
	struct json_object *original, *own;
	bool text; /* it is for people, as its field says */
	char path[MAX_PATH];
};

struct work {
	struct piece pieces[MAX_PIECES];
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

static bool add_piece(struct work *w, const struct piece *piece)
{
	if (w->n == MAX_PIECES)
		return mismatch(w, piece->path, "exceeds the limit of %d texts", MAX_PIECES);
	w->pieces[w->n++] = *piece;
	return true;
}

/* The pieces of an object, by name. */
static bool add_fields(struct work *w, const struct piece *whole)
{
	json_object_object_foreach(whole->own, name, value)
	{
		struct piece piece = {.own = value, .text = is_text(name)};

		snprintf(piece.path, MAX_PATH, "%.60s%s%.30s", whole->path, *whole->path ? "." : "",
			 name);
		if (!*whole->path && !strcmp(name, MADE_OF))
			continue;
		if (!json_object_object_get_ex(whole->original, name, &piece.original))
			return mismatch(w, piece.path, "the original has no such field");
		if (!add_piece(w, &piece))
			return false;
	}
	return true;
}

/* Those of an array, by number. */
static bool add_rows(struct work *w, const struct piece *whole)
{
	size_t n = json_object_array_length(whole->own);
	size_t originals = json_object_array_length(whole->original);

	if (n != originals)
		return mismatch(w, whole->path, "has %zu element%s, but the original has %zu", n,
				plural(n), originals);
	for (size_t i = 0; i < n; i++) {
		struct piece piece = {
			.original = json_object_array_get_idx(whole->original, i),
			.own = json_object_array_get_idx(whole->own, i),
			.text = whole->text,
		};

		snprintf(piece.path, MAX_PATH, "%.90s[%zu]", whole->path, i);
		if (!add_piece(w, &piece))
			return false;
	}
	return true;
}

static bool take_piece(struct work *w, const struct piece *piece)
{
	enum json_type type = json_object_get_type(piece->own);

	if (type != json_object_get_type(piece->original))
		return mismatch(w, piece->path, "has another type than in the original");
	if (type == json_type_object)
		return add_fields(w, piece);
	if (type == json_type_array)
		return add_rows(w, piece);
	if (!piece->text || type != json_type_string)
		return mismatch(w, piece->path, "is not a text, so only the original may have it");
	json_object_set_string_len(piece->original, json_object_get_string(piece->own),
				   json_object_get_string_len(piece->own));
	return true;
}

bool translate(struct json_object *original, const char *json, char *error)
{
	struct work w = {.error = error};
	struct piece piece = {.original = original};
	bool good = fields_parse(json, &piece.own, error) && add_piece(&w, &piece);
	struct json_object *translation = piece.own;

	while (good && w.n) {
		piece = w.pieces[--w.n];
		good = take_piece(&w, &piece);
	}
	json_object_put(translation);
	return good;
}
