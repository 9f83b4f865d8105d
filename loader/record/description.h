/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a recording tells of itself: its names, its shapes, its sections, and which of ours they
 * are. */
#ifndef WAKELAB_DESCRIPTION_H
#define WAKELAB_DESCRIPTION_H

#include "bytes.h"
#include "recorded.h"
#include "shape.h"
#include "words.h"

struct described_names {
	const struct names *ours; /* NULL: we have none of that name */
	unsigned n;
	unsigned *place; /* of each among ours; ours->n: it is none of them */
};

struct described_shape;

struct described_field {
	enum form form;
	const struct described_names *names; /* NULL: its places are the same everywhere */
	const struct described_shape *shape;
	const struct field *ours; /* NULL: we do not have it, or in another form */
};

struct described_shape {
	const struct shape *ours;
	struct described_field *fields;
	unsigned n;
};

struct description {
	struct described_names *names;
	struct described_shape *shapes;
	struct {
		enum section ours;                   /* N_SECTIONS: none */
		const struct described_shape *shape; /* NULL: its bytes are its own */
	} * sections;
	unsigned n_names, n_shapes, n_sections;
	struct words words;
};

/* Reads a description; NULL: it is not one, or there is no memory. */
struct description *description_read(struct taking *from);
void description_free(struct description *t);

enum decoded { DECODED, DECODED_STRANGE, DECODED_BROKEN };

/*
 * Reads a section, by its number in the recording, into the struct of ours that it is of, which is
 * all 0. What a LIST points to is to be freed. DECODED_STRANGE: it is about something that this
 * wakelab has no name for.
 */
enum decoded description_decode(struct description *t, unsigned number, struct taking *from,
				void *to);

#endif
