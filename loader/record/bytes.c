// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_MOST 10 /* bytes of a number */

void bytes_add(struct bytes *b, const void *data, size_t len)
{
	if (b->len + len > b->size) {
		size_t size = 2 * (b->len + len);
		unsigned char *more = realloc(b->data, size);

		if (!more) {
			b->failed = true;
			return;
		}
		b->data = more;
		b->size = size;
	}
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

void bytes_number(struct bytes *b, __u64 n)
{
	unsigned char text[NUMBER_MOST];
	size_t len = 0;

	for (; n >= 0x80; n >>= 7)
		text[len++] = n | 0x80;
	text[len++] = n;
	bytes_add(b, text, len);
}

void bytes_signed(struct bytes *b, __s64 n)
{
	bytes_number(b, (__u64)n << 1 ^ (n < 0 ? ~0ull : 0));
}

void bytes_text(struct bytes *b, const char *text, size_t len)
{
	bytes_number(b, text ? len + 1 : 0);
	if (text)
		bytes_add(b, text, len);
}

void bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){0};
}

__u64 take_number(struct taking *t)
{
	__u64 n = 0;

	for (unsigned shift = 0; shift < 7 * NUMBER_MOST && t->at < t->end; shift += 7) {
		unsigned char byte = *t->at++;

		n |= (__u64)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return n;
	}
	t->broken = true;
	t->at = t->end;
	return 0;
}

__s64 take_signed(struct taking *t)
{
	__u64 n = take_number(t);

	return n >> 1 ^ (n & 1 ? ~0ull : 0);
}

unsigned take_below(struct taking *t, unsigned most)
{
	__u64 n = take_number(t);

	if (n < most)
		return n;
	t->broken = true;
	return 0;
}

const unsigned char *take_bytes(struct taking *t, size_t len)
{
	const unsigned char *at = t->at;

	if (len > (size_t)(t->end - t->at)) {
		t->broken = true;
		t->at = t->end;
		return NULL;
	}
	t->at += len;
	return at;
}

bool take_text(struct taking *t, const char **text, size_t *len)
{
	__u64 n = take_number(t);

	*text = n ? (const char *)take_bytes(t, n - 1) : NULL;
	*len = *text ? n - 1 : 0;
	return *text;
}
