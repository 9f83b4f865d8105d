// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "writer.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "encode.h"
#include "mark.h"

#define LEVEL 3 /* of zstd: 1 to 19 */

struct writer {
	FILE *out;
	ZSTD_CCtx *zstd;
	struct bytes section, block, frame;
	bool named[MAX_NR];     /* the calls that have been named */
	bool names, named_last; /* the block names a call; the one before it did */
};

/* Prints what there is of the block as a frame. */
static int print_block(struct writer *w)
{
	size_t most = ZSTD_compressBound(w->block.len), size = 0;
	bool whole = !w->block.failed;

	if (w->frame.size < most) {
		free(w->frame.data);
		w->frame.data = malloc(most);
		w->frame.size = w->frame.data ? most : 0;
	}
	whole &= w->frame.data != NULL;
	if (whole)
		size = ZSTD_compress2(w->zstd, w->frame.data, w->frame.size, w->block.data,
				      w->block.len);
	whole &= !ZSTD_isError(size);
	if (whole)
		fwrite(w->frame.data, 1, size, w->out);
	w->block.len = 0;
	w->block.failed = false;
	w->named_last = w->names;
	w->names = false;
	return whole ? 0 : -1;
}

struct writer *writer_new(FILE *out)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->out = out;
	w->zstd = ZSTD_createCCtx();
	if (!w->zstd) {
		writer_free(w);
		return NULL;
	}
	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_checksumFlag, 1);
	mark_print(out);
	encode_description(&w->block);
	if (!print_block(w))
		return w;
	writer_free(w);
	return NULL;
}

static void add_section(struct writer *w, enum section section, const void *data)
{
	w->section.len = 0;
	encode(&w->section, section_rows[section].shape, data);
	bytes_number(&w->block, section);
	bytes_number(&w->block, w->section.len);
	bytes_add(&w->block, w->section.data, w->section.len);
	w->block.failed |= w->section.failed;
	w->section.failed = false;
}

/* Numbers of calls differ between machines: each is named before it comes for the first time. */
static void name_calls(struct writer *w, const struct snapshot *s)
{
	for (unsigned nr = 0; nr < MAX_NR; nr++) {
		struct recorded_call call = {.nr = nr};

		if (!s->others[nr] || w->named[nr])
			continue;
		w->named[nr] = w->names = true;
		snprintf(call.name, sizeof(call.name), "%s", s->other_names[nr]);
		add_section(w, SECTION_CALL, &call);
	}
}

void writer_add(struct writer *w, enum section section, const void *data)
{
	if (section == SECTION_MOMENT)
		name_calls(w, &((const struct recorded_moment *)data)->total);
	if (section == SECTION_RAN)
		name_calls(w, &((const struct recorded_ran *)data)->total);
	add_section(w, section, data);
}

int writer_flush(struct writer *w)
{
	return w->block.len || w->block.failed ? print_block(w) : 0;
}

bool writer_named(const struct writer *w)
{
	return w->named_last;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	ZSTD_freeCCtx(w->zstd);
	bytes_free(&w->section);
	bytes_free(&w->block);
	bytes_free(&w->frame);
	free(w);
}
