// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "encode.h"

#include <stdint.h>
#include <string.h>

#include "name_tables.h"
#include "recorded.h"

#define MAX_ALIASES 512 /* addresses in a section; the interests and the evidence have fewer */
#define MAX_SHAPES  128

struct encoder {
	struct bytes *to;
	__u64 seen[MAX_ALIASES];
	unsigned n_seen;
};

static __u64 number_at(const void *at, size_t size)
{
	switch (size) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	case 4:
		return *(const uint32_t *)at;
	default:
		return *(const uint64_t *)at;
	}
}

static __s64 signed_at(const void *at, size_t size)
{
	switch (size) {
	case 1:
		return *(const int8_t *)at;
	case 2:
		return *(const int16_t *)at;
	case 4:
		return *(const int32_t *)at;
	default:
		return *(const int64_t *)at;
	}
}

/* Where the kernel keeps something is nobody's business: only whether it is the same. */
static __u64 alias_of(struct encoder *e, __u64 address)
{
	unsigned at = 0;

	if (!address)
		return 0;
	while (at < e->n_seen && e->seen[at] != address)
		at++;
	if (at == e->n_seen && at < MAX_ALIASES)
		e->seen[e->n_seen++] = address;
	return at + 1;
}

static __u64 plain_number(struct encoder *e, const struct field *f, const char *at)
{
	if (f->storage == STORED_BITS)
		return *(const uint8_t *)at >> f->shift & ((1u << f->bits) - 1);
	if (f->storage == STORED_ALIAS)
		return alias_of(e, number_at(at, f->size));
	return number_at(at, f->size);
}

static void put_choice(struct encoder *e, const struct field *f, const char *at)
{
	if (f->may_be_none && signed_at(at, f->size) < 0)
		bytes_number(e->to, f->names->n);
	else
		bytes_number(e->to, plain_number(e, f, at));
}

static void put_text(struct encoder *e, const struct field *f, const char *at)
{
	const char *text = f->storage == STORED_WORD ? *(const char *const *)at : at;
	size_t most = f->storage == STORED_WORD ? SIZE_MAX : f->size;

	bytes_text(e->to, text, text ? strnlen(text, most) : 0);
}

/* Structs lie in one another, as deep as our tables say. NOLINTBEGIN(misc-no-recursion) */
static void put_struct(struct encoder *e, const struct shape *shape, const char *from);

static bool is_nothing(const char *at, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (at[i])
			return false;
	return true;
}

/* Of an array, what is not 0. */
static void put_sparse(struct encoder *e, const struct field *f, const char *at)
{
	unsigned n = 0, passed = 0;

	for (unsigned i = 0; i < f->count; i++)
		n += !is_nothing(at + (size_t)i * f->size, f->size);
	bytes_number(e->to, n);
	for (unsigned i = 0; n && i < f->count; i++) {
		const char *one = at + (size_t)i * f->size;

		if (is_nothing(one, f->size)) {
			passed++;
			continue;
		}
		bytes_number(e->to, passed);
		passed = 0;
		if (f->form == FORM_NUMBERS)
			bytes_number(e->to, number_at(one, f->size));
		else
			put_struct(e, f->shape, one);
	}
}

static void put_rows(struct encoder *e, const struct field *f, const char *at, const char *from)
{
	unsigned n = *(const unsigned *)(from + f->n_at);
	bool list = f->storage == STORED_LIST;
	const char *rows = list ? *(const char *const *)at : at;

	if (!list && n > f->count)
		n = f->count;
	bytes_number(e->to, n);
	for (unsigned i = 0; i < n; i++)
		put_struct(e, f->shape, rows + i * f->shape->size);
}

static void put_field(struct encoder *e, const struct field *f, const char *from);

/* Of n structs, from the first one on, that are so many bytes apart. */
static void put_columns(struct encoder *e, const struct shape *shape, const char *first,
			size_t size, unsigned n)
{
	for (unsigned i = 0; i < shape->n; i++) {
		const struct field *f = &shape->fields[i];

		if (f->form == FORM_PART)
			put_columns(e, f->shape, first + f->at, size, n);
		for (unsigned row = 0; f->form != FORM_PART && row < n; row++)
			put_field(e, f, first + row * size);
	}
}

static void put_all_columns(struct encoder *e, const struct field *f, const char *at,
			    const char *from)
{
	unsigned n = *(const unsigned *)(from + f->n_at);

	bytes_number(e->to, n);
	put_columns(e, f->shape, *(const char *const *)at, f->shape->size, n);
}

static void put_field(struct encoder *e, const struct field *f, const char *from)
{
	const char *at = from + f->at;

	switch (f->form) {
	case FORM_NUMBER:
		bytes_number(e->to, plain_number(e, f, at));
		break;
	case FORM_SIGNED:
		bytes_signed(e->to, signed_at(at, f->size));
		break;
	case FORM_CHOICE:
		put_choice(e, f, at);
		break;
	case FORM_TEXT:
		put_text(e, f, at);
		break;
	case FORM_BYTES:
		bytes_number(e->to, f->size);
		bytes_add(e->to, at, f->size);
		break;
	case FORM_NUMBERS:
	case FORM_PARTS:
		put_sparse(e, f, at);
		break;
	case FORM_PART:
		put_struct(e, f->shape, at);
		break;
	case FORM_COLUMNS:
		put_all_columns(e, f, at, from);
		break;
	default:
		put_rows(e, f, at, from);
	}
}

static void put_struct(struct encoder *e, const struct shape *shape, const char *from)
{
	for (unsigned i = 0; i < shape->n; i++)
		put_field(e, &shape->fields[i], from);
}
/* NOLINTEND(misc-no-recursion) */

void encode(struct bytes *to, const struct shape *shape, const void *from)
{
	struct encoder e = {.to = to};

	put_struct(&e, shape, from);
}

/* All shapes that the sections have, those of which one consists before it. */
struct listed {
	const struct shape *shapes[MAX_SHAPES];
	unsigned n;
};

static unsigned place_of(const struct listed *l, const struct shape *shape)
{
	unsigned i = 0;

	while (i < l->n && l->shapes[i] != shape)
		i++;
	return i;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void list_shape(struct listed *l, const struct shape *shape)
{
	for (unsigned i = 0; i < shape->n; i++)
		if (shape->fields[i].shape)
			list_shape(l, shape->fields[i].shape);
	if (place_of(l, shape) == l->n && l->n < MAX_SHAPES)
		l->shapes[l->n++] = shape;
}

static void put_words(struct bytes *to, const char *text)
{
	bytes_text(to, text, text ? strlen(text) : 0);
}

static void put_names(struct bytes *to)
{
	char buf[NAME_SIZE];

	bytes_number(to, N_NAMES);
	for (unsigned i = 0; i < N_NAMES; i++) {
		put_words(to, name_tables[i]->name);
		bytes_number(to, name_tables[i]->n);
		for (unsigned k = 0; k < name_tables[i]->n; k++)
			put_words(to, names_at(name_tables[i], k, buf));
	}
}

static unsigned place_of_names(const struct names *names)
{
	unsigned i = 0;

	while (i < N_NAMES && name_tables[i] != names)
		i++;
	return i;
}

/* What it consists of: by its place, from 1 on; 0: nothing. */
static void put_shape(struct bytes *to, const struct listed *l, const struct shape *shape)
{
	put_words(to, shape->name);
	bytes_number(to, shape->n);
	for (unsigned i = 0; i < shape->n; i++) {
		const struct field *f = &shape->fields[i];

		put_words(to, f->name);
		bytes_number(to, f->form);
		bytes_number(to, f->names ? place_of_names(f->names) + 1 : 0);
		bytes_number(to, f->shape ? place_of(l, f->shape) + 1 : 0);
	}
}

void encode_description(struct bytes *to)
{
	struct listed l = {.n = 0};

	for (unsigned i = 0; i < N_SECTIONS; i++)
		list_shape(&l, section_rows[i].shape);
	put_names(to);
	bytes_number(to, l.n);
	for (unsigned i = 0; i < l.n; i++)
		put_shape(to, &l, l.shapes[i]);
	bytes_number(to, N_SECTIONS);
	for (unsigned i = 0; i < N_SECTIONS; i++) {
		put_words(to, section_rows[i].name);
		bytes_number(to, place_of(&l, section_rows[i].shape) + 1);
	}
}
