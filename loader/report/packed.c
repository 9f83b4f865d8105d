// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "packed.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#define LEVEL 6
#define CHUNK 12288 /* three bytes are four characters */

struct packed_stream {
	FILE *out;
	z_stream zlib;
	unsigned char bytes[CHUNK];
};

static void put_base64(FILE *out, const unsigned char *bytes, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned last = i + 1 < n ? bytes[i + 1] : 0, end = i + 2 < n ? bytes[i + 2] : 0;
		unsigned three = (unsigned)bytes[i] << 16 | last << 8 | end;

		putc(digits[three >> 18], out);
		putc(digits[three >> 12 & 63], out);
		putc(i + 1 < n ? digits[three >> 6 & 63] : '=', out);
		putc(i + 2 < n ? digits[three & 63] : '=', out);
	}
}

/* Deflates what there is; what comes of it is printed whenever there is a chunk, and at the end. */
static int deflate_all(struct packed_stream *p, int flush)
{
	int status = Z_OK;

	while (status == Z_OK && (p->zlib.avail_in || flush == Z_FINISH)) {
		status = deflate(&p->zlib, flush);
		if (!p->zlib.avail_out || status == Z_STREAM_END) {
			put_base64(p->out, p->bytes, CHUNK - p->zlib.avail_out);
			p->zlib.next_out = p->bytes;
			p->zlib.avail_out = CHUNK;
		}
	}
	return ferror(p->out) ? -1 : 0;
}

static ssize_t packed_write(void *cookie, const char *text, size_t size)
{
	struct packed_stream *p = cookie;

	p->zlib.next_in = (unsigned char *)text;
	p->zlib.avail_in = size;
	return deflate_all(p, Z_NO_FLUSH) ? 0 : (ssize_t)size;
}

static int packed_close(void *cookie)
{
	struct packed_stream *p = cookie;
	int status = deflate_all(p, Z_FINISH);

	deflateEnd(&p->zlib);
	free(p);
	return status;
}

FILE *packed_open(FILE *out)
{
	static const cookie_io_functions_t functions = {.write = packed_write,
							.close = packed_close};
	struct packed_stream *p = calloc(1, sizeof(*p));
	FILE *in = NULL;

	if (p && deflateInit(&p->zlib, LEVEL) == Z_OK) {
		p->out = out;
		p->zlib.next_out = p->bytes;
		p->zlib.avail_out = CHUNK;
		in = fopencookie(p, "w", functions);
		if (!in)
			deflateEnd(&p->zlib);
	}
	if (!in) {
		free(p);
		errno = ENOMEM;
	}
	return in;
}
