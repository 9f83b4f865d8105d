/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Structs with anything in them: random bytes, and where not every byte is allowed, what is. */
#ifndef WAKELAB_RANDOM_VALUES_H
#define WAKELAB_RANDOM_VALUES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "name_tables.h"
#include "shape.h"

static uint64_t random_state;

static inline void random_seed(unsigned seed)
{
	random_state = seed;
}

/* splitmix64 */
static inline uint64_t random_number(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Numbers of 64 bits: one in so many is not 0, and most of these are small. */
static inline void random_numbers(void *to, size_t size, unsigned one_in)
{
	uint64_t *values = to;

	for (size_t i = 0; i < size / sizeof(*values); i++)
		values[i] = random_number() % one_in ? 0 : random_number() >> random_number() % 60;
}

/* Structs within others whose turn is yet to come. */
static struct {
	const struct shape *shape;
	char *to;
} random_pending[1 << 16];
static unsigned random_n_pending;

static inline void random_later(const struct shape *shape, char *to)
{
	if (random_n_pending == sizeof(random_pending) / sizeof(random_pending[0]))
		abort();
	random_pending[random_n_pending].shape = shape;
	random_pending[random_n_pending++].to = to;
}

static inline void random_rows(const struct field *f, char *at, char *to)
{
	unsigned *n = (unsigned *)(to + f->n_at);

	*n = random_number() % (f->counts_more ? 2 * f->count : f->count + 1);
	for (unsigned i = 0; i < f->count; i++)
		random_later(f->shape, at + i * f->size);
}

/* Text with what must not reach a terminal. */
static inline void random_text(char *at, size_t size)
{
	static const char *const parts[] = {"a", "\033[2J", "\n", "\\", "\xc3\xa9", "\xff", " b"};

	size_t used = 0;

	memset(at, 0, size);
	for (;;) {
		const char *part = parts[random_number() % 7];

		if (used + strlen(part) >= size || random_number() % 9 == 0)
			return;
		while (*part)
			at[used++] = *part++;
	}
}

static inline unsigned random_place(const struct field *f)
{
	char buf[NAME_SIZE];
	unsigned i;

	do
		i = random_number() % f->names->n;
	while (!names_at(f->names, i, buf));
	return i;
}

static inline void random_choice(const struct field *f, char *at)
{
	unsigned place = random_place(f);

	if (f->storage == STORED_BITS)
		*(uint8_t *)at =
			(*(uint8_t *)at & ~(((1u << f->bits) - 1) << f->shift)) | place << f->shift;
	else
		memcpy(at, &place, f->size);
}

/* An array of counts by names: those that have none are not counted. */
static inline void random_counts(const struct field *f, char *at)
{
	char buf[NAME_SIZE];

	for (unsigned i = 0; i < f->count; i++) {
		if (f->names && !names_at(f->names, i, buf))
			memset(at + i * f->size, 0, f->size);
		else if (f->shape)
			random_later(f->shape, at + i * f->size);
	}
}

static inline void random_fields(const struct shape *shape, char *to)
{
	for (unsigned i = 0; i < shape->n; i++) {
		const struct field *f = &shape->fields[i];
		char *at = to + f->at;

		if (f->is_bool)
			*(uint8_t *)at &= 1;
		else if (f->form == FORM_CHOICE)
			random_choice(f, at);
		else if (f->form == FORM_TEXT)
			random_text(at, f->size);
		else if (f->form == FORM_NUMBERS || f->form == FORM_PARTS)
			random_counts(f, at);
		else if (f->form == FORM_PART)
			random_later(f->shape, at);
		else if (f->form == FORM_ROWS)
			random_rows(f, at, to);
	}
}

/* Makes what the rows of the shape say of a struct true of one with anything in it. */
static inline void random_choices(const struct shape *shape, void *to)
{
	random_later(shape, to);
	while (random_n_pending) {
		random_n_pending--;
		random_fields(random_pending[random_n_pending].shape,
			      random_pending[random_n_pending].to);
	}
}

#endif
