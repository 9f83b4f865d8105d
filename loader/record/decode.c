// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Structs from a recording: what it tells of each member is read, and goes to the member of ours
 * that has the same name, if there is one. Every form takes at least a byte, so the work is bounded
 * by them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "description.h"

#define MOST_ROWS       (1u << 20) /* behind a pointer */
#define MOST_IN_COLUMNS (1u << 16)

struct decoder {
	struct description *description;
	struct taking *from;
	bool strange; /* something has no name here */
};

static void store(const struct field *f, char *at, __u64 n)
{
	if (f->storage == STORED_BITS) {
		unsigned char mask = ((1u << f->bits) - 1) << f->shift;

		*(uint8_t *)at = (*(uint8_t *)at & ~mask) | (n << f->shift & mask);
	} else if (f->is_bool) {
		*(bool *)at = n;
	} else if (f->size == 1) {
		*(uint8_t *)at = n;
	} else if (f->size == 2) {
		*(uint16_t *)at = n;
	} else if (f->size == 4) {
		*(uint32_t *)at = n;
	} else {
		*(uint64_t *)at = n;
	}
}

static void take_choice(struct decoder *d, const struct described_field *f,
			const struct field *ours, char *at)
{
	__u64 n = take_number(d->from);

	if (!ours)
		return;
	if (n < f->names->n && f->names->place[n] < ours->names->n)
		store(ours, at, f->names->place[n]);
	else if (ours->may_be_none)
		store(ours, at, ~0ull);
	else
		d->strange = true;
}

static void take_word(struct decoder *d, const struct field *ours, char *at)
{
	const char *text, *word = NULL;
	size_t len;

	if (take_text(d->from, &text, &len)) {
		word = words_keep(&d->description->words, text, len);
		d->from->broken |= !word;
	}
	if (!ours->may_be_none && !word)
		word = "";
	*(const char **)at = word;
}

/* What does not fit is left out, and the NUL behind it is there already. */
static void take_chars(struct decoder *d, const struct field *ours, char *at)
{
	const char *text;
	size_t len;

	if (take_text(d->from, &text, &len) && ours)
		memcpy(at, text, len < ours->size ? len : ours->size - 1);
}

static void take_raw(struct decoder *d, const struct field *ours, char *at)
{
	__u64 len = take_number(d->from);
	const unsigned char *bytes = take_bytes(d->from, len);

	if (bytes && ours)
		memcpy(at, bytes, len < ours->size ? len : ours->size);
}

/* Structs lie in one another, and none in itself: see read_field(). NOLINTBEGIN(misc-no-recursion)
 */
static void take_struct(struct decoder *d, const struct described_shape *shape, char *to);

/* Where in our array one belongs; NULL: nowhere. */
static char *place_in(const struct described_field *f, const struct field *ours, char *at,
		      __u64 place)
{
	if (!ours)
		return NULL;
	if (f->names)
		place = place < f->names->n ? f->names->place[place] : ours->count;
	return place < ours->count ? at + place * ours->size : NULL;
}

static void take_sparse(struct decoder *d, const struct described_field *f,
			const struct field *ours, char *at)
{
	__u64 n = take_number(d->from), place = 0;

	for (; n && !d->from->broken; n--, place++) {
		char *one;

		place += take_number(d->from);
		one = place_in(f, ours, at, place);
		if (f->form == FORM_PARTS) {
			take_struct(d, f->shape, one);
		} else {
			__u64 number = take_number(d->from);

			if (one)
				*(__u64 *)one = number;
		}
	}
}

/* The place of the next row, which is all 0; NULL: there is no room. */
static char *room_for(const struct field *ours, char *at, unsigned n)
{
	size_t size = ours->shape->size;
	char **list = (char **)at, *more;

	if (ours->storage != STORED_LIST)
		return n < ours->count ? at + n * size : NULL;
	if (n >= MOST_ROWS)
		return NULL;
	if (!(n & (n - 1))) { /* room for twice as many */
		more = realloc(*list, (n ? 2ul * n : 1) * size);
		if (!more)
			return NULL;
		*list = more;
	}
	memset(*list + n * size, 0, size);
	return *list + n * size;
}

/* A row that is about something strange is left out. */
static void take_rows(struct decoder *d, const struct described_field *f, const struct field *ours,
		      char *at, char *to)
{
	unsigned kept = 0;

	for (__u64 n = take_number(d->from); n && !d->from->broken; n--) {
		char *one = ours ? room_for(ours, at, kept) : NULL;
		bool before = d->strange;

		d->strange = false;
		take_struct(d, f->shape, one);
		if (one && !d->strange)
			kept++;
		else if (one)
			memset(one, 0, ours->shape->size);
		d->strange = before;
	}
	if (ours && !ours->counts_more)
		*(unsigned *)(to + ours->n_at) = kept;
}

static void take_field(struct decoder *d, const struct described_field *f, char *to);

/* Of n structs that are so many bytes apart, from the first one on, NULL: they are passed over. */
static void take_columns(struct decoder *d, const struct described_shape *shape, char *first,
			 size_t size, unsigned n)
{
	for (unsigned i = 0; i < shape->n; i++) {
		const struct described_field *f = &shape->fields[i];

		if (f->form == FORM_PART)
			take_columns(d, f->shape, first && f->ours ? first + f->ours->at : NULL,
				     size, n);
		for (unsigned row = 0; f->form != FORM_PART && row < n && !d->from->broken; row++)
			take_field(d, f, first ? first + row * size : NULL);
	}
}

/* There are no more than bytes, since each has one of them. */
static void take_all_columns(struct decoder *d, const struct described_field *f,
			     const struct field *ours, char *at, char *to)
{
	size_t left = d->from->end - d->from->at;
	unsigned n = take_below(d->from, left < MOST_IN_COLUMNS ? left + 1 : MOST_IN_COLUMNS);
	char *rows = ours && n ? calloc(n, ours->shape->size) : NULL;

	d->from->broken |= ours && n && !rows;
	if (rows) {
		*(char **)at = rows;
		*(unsigned *)(to + ours->n_at) = n;
	}
	take_columns(d, f->shape, rows, ours ? ours->shape->size : 0, n);
}

static void take_field(struct decoder *d, const struct described_field *f, char *to)
{
	const struct field *ours = to ? f->ours : NULL;
	char *at = ours ? to + ours->at : NULL;

	switch (f->form) {
	case FORM_NUMBER:
	case FORM_SIGNED: {
		__u64 n =
			f->form == FORM_NUMBER ? take_number(d->from) : (__u64)take_signed(d->from);
		if (ours)
			store(ours, at, n);
		break;
	}
	case FORM_CHOICE:
		take_choice(d, f, ours, at);
		break;
	case FORM_TEXT:
		if (ours && ours->storage == STORED_WORD)
			take_word(d, ours, at);
		else
			take_chars(d, ours, at);
		break;
	case FORM_BYTES:
		take_raw(d, ours, at);
		break;
	case FORM_NUMBERS:
	case FORM_PARTS:
		take_sparse(d, f, ours, at);
		break;
	case FORM_PART:
		take_struct(d, f->shape, at);
		break;
	case FORM_COLUMNS:
		take_all_columns(d, f, ours, at, to);
		break;
	default:
		take_rows(d, f, ours, at, to);
	}
}

/* Words that were not recorded are empty, not NULL. */
static void fill_words(const struct shape *ours, char *to)
{
	for (unsigned i = 0; i < ours->n; i++) {
		const struct field *f = &ours->fields[i];

		if (f->storage == STORED_WORD && !f->may_be_none)
			*(const char **)(to + f->at) = "";
		else if (f->form == FORM_PART)
			fill_words(f->shape, to + f->at);
	}
}

/* to NULL: it is passed over. */
static void take_struct(struct decoder *d, const struct described_shape *shape, char *to)
{
	if (to)
		fill_words(shape->ours, to);
	for (unsigned i = 0; i < shape->n && !d->from->broken; i++)
		take_field(d, &shape->fields[i], to);
}

/* NOLINTEND(misc-no-recursion) */

enum decoded description_decode(struct description *t, unsigned number, struct taking *from,
				void *to)
{
	struct decoder d = {.description = t, .from = from};

	take_struct(&d, t->sections[number].shape, to);
	if (from->broken || from->at != from->end)
		return DECODED_BROKEN;
	return d.strange ? DECODED_STRANGE : DECODED;
}
