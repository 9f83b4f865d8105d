// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "description.h"

#include <stdlib.h>
#include <string.h>

#include "name_tables.h"

/* Far more than there are. */
#define MOST_TABLES  256
#define MOST_NAMES   4096
#define MOST_SHAPES  256
#define MOST_FIELDS  1024
#define MOST_OF_KIND 64

static bool is_text(const char *text, size_t len, const char *ours)
{
	return ours && strlen(ours) == len && !memcmp(ours, text, len);
}

/* The place of a name among ours, tried first where it stands in the recording. */
static unsigned place_among(const struct names *ours, unsigned guess, const char *text, size_t len)
{
	char buf[NAME_SIZE];

	if (guess < ours->n && is_text(text, len, names_at(ours, guess, buf)))
		return guess;
	for (unsigned i = 0; i < ours->n; i++)
		if (is_text(text, len, names_at(ours, i, buf)))
			return i;
	return ours->n;
}

static const struct names *names_called(const char *text, size_t len)
{
	for (unsigned i = 0; i < N_NAMES; i++)
		if (is_text(text, len, name_tables[i]->name))
			return name_tables[i];
	return NULL;
}

/* The next name of a table; empty: there is none. */
static void take_name(struct taking *from, const char **text, size_t *len)
{
	if (!take_text(from, text, len))
		*text = "";
}

static void read_names(struct taking *from, struct described_names *names)
{
	const char *text;
	size_t len;

	take_name(from, &text, &len);
	names->ours = names_called(text, len);
	names->n = take_below(from, MOST_NAMES);
	names->place = calloc(names->n + 1, sizeof(*names->place));
	if (!names->place)
		from->broken = true;
	for (unsigned i = 0; i < names->n && !from->broken; i++) {
		take_name(from, &text, &len);
		if (names->ours)
			names->place[i] = place_among(names->ours, i, text, len);
	}
}

/* The shape of ours that is called so, among those of which ours consists. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static const struct shape *shape_within(const struct shape *ours, const char *text, size_t len)
{
	const struct shape *found = is_text(text, len, ours->name) ? ours : NULL;

	for (unsigned i = 0; i < ours->n && !found; i++)
		if (ours->fields[i].shape)
			found = shape_within(ours->fields[i].shape, text, len);
	return found;
}

static const struct shape *shape_called(const char *text, size_t len)
{
	const struct shape *found = NULL;

	for (unsigned i = 0; i < N_SECTIONS && !found; i++)
		found = shape_within(section_rows[i].shape, text, len);
	return found;
}

/* Whether a field as it is told can be read into ours. */
static bool fits(const struct described_field *f, const struct field *ours)
{
	if (f->form != ours->form || !f->names != !ours->names || !f->shape != !ours->shape)
		return false;
	return (!f->names || f->names->ours == ours->names) &&
	       (!f->shape || f->shape->ours == ours->shape);
}

static const struct field *field_called(const struct shape *ours, const char *text, size_t len)
{
	for (unsigned i = 0; ours && i < ours->n; i++)
		if (is_text(text, len, ours->fields[i].name))
			return &ours->fields[i];
	return NULL;
}

/* What a form needs, it has: a struct, and one that was told before, so that none is in itself. */
static bool is_complete(const struct described_field *f)
{
	bool of_structs = f->form == FORM_PARTS || f->form == FORM_PART || f->form == FORM_ROWS ||
			  f->form == FORM_COLUMNS;

	return of_structs == (f->shape != NULL) && (f->form != FORM_CHOICE || f->names);
}

static void read_field(struct taking *from, struct description *t, unsigned shape,
		       struct described_field *f)
{
	const struct field *ours;
	unsigned names, part;
	const char *text;
	size_t len;

	take_name(from, &text, &len);
	ours = field_called(t->shapes[shape].ours, text, len);
	f->form = take_below(from, N_FORMS);
	names = take_below(from, t->n_names + 1);
	part = take_below(from, shape + 1);
	f->names = names ? &t->names[names - 1] : NULL;
	f->shape = part ? &t->shapes[part - 1] : NULL;
	f->ours = ours && fits(f, ours) ? ours : NULL;
	from->broken |= !is_complete(f);
}

/* One without a field would take no bytes, and there could be any number of it. */
static void read_shape(struct taking *from, struct description *t, unsigned number)
{
	struct described_shape *shape = &t->shapes[number];
	const char *text;
	size_t len;

	take_name(from, &text, &len);
	shape->ours = shape_called(text, len);
	shape->n = take_below(from, MOST_FIELDS);
	shape->fields = calloc(shape->n + 1, sizeof(*shape->fields));
	if (!shape->fields || !shape->n)
		from->broken = true;
	for (unsigned i = 0; i < shape->n && !from->broken; i++)
		read_field(from, t, number, &shape->fields[i]);
}

static void read_section(struct taking *from, struct description *t, unsigned number)
{
	enum section s = 0;
	unsigned shape;
	const char *text;
	size_t len;

	take_name(from, &text, &len);
	while (s < N_SECTIONS && !is_text(text, len, section_rows[s].name))
		s++;
	shape = take_below(from, t->n_shapes + 1);
	t->sections[number].shape = shape ? &t->shapes[shape - 1] : NULL;
	if (s < N_SECTIONS && (!shape || t->shapes[shape - 1].ours != section_rows[s].shape))
		s = N_SECTIONS;
	t->sections[number].ours = s;
}

static void *several(struct taking *from, unsigned *n, unsigned most, size_t size)
{
	void *rows;

	*n = take_below(from, most);
	rows = calloc(*n + 1, size);
	if (rows)
		return rows;
	*n = 0;
	from->broken = true;
	return NULL;
}

struct description *description_read(struct taking *from)
{
	struct description *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->names = several(from, &t->n_names, MOST_TABLES, sizeof(*t->names));
	for (unsigned i = 0; i < t->n_names && !from->broken; i++)
		read_names(from, &t->names[i]);
	t->shapes = several(from, &t->n_shapes, MOST_SHAPES, sizeof(*t->shapes));
	for (unsigned i = 0; i < t->n_shapes && !from->broken; i++)
		read_shape(from, t, i);
	t->sections = several(from, &t->n_sections, MOST_OF_KIND, sizeof(*t->sections));
	for (unsigned i = 0; i < t->n_sections && !from->broken; i++)
		read_section(from, t, i);
	if (!from->broken && from->at == from->end)
		return t;
	description_free(t);
	return NULL;
}

void description_free(struct description *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < t->n_names && t->names; i++)
		free(t->names[i].place);
	for (unsigned i = 0; i < t->n_shapes && t->shapes; i++)
		free(t->shapes[i].fields);
	free(t->names);
	free(t->shapes);
	free(t->sections);
	words_free(&t->words);
	free(t);
}
