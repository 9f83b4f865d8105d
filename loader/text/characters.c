// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "characters.h"

#include <stdint.h>
#include <string.h>

/* Characters that take two columns, and those that take none, for those that names may hold. */
static const struct range {
	uint32_t first, last;
	unsigned columns;
} ranges[] = {
	{0x300, 0x36f, 0},     {0x1100, 0x115f, 2}, {0x200b, 0x200f, 0}, {0x202a, 0x202e, 0},
	{0x2060, 0x2064, 0},   {0x20d0, 0x20ff, 0}, {0x2e80, 0xa4cf, 2}, {0xac00, 0xd7a3, 2},
	{0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0}, {0xfe20, 0xfe2f, 0}, {0xfe30, 0xfe6f, 2},
	{0xfeff, 0xfeff, 0},   {0xff00, 0xff60, 2}, {0xffe0, 0xffe6, 2}, {0x1f300, 0x1faff, 2},
	{0x20000, 0x3fffd, 2},
};

size_t character(const char *text, unsigned *columns)
{
	static const unsigned char firsts[] = {0x7f, 0, 0x1f, 0x0f, 0x07};
	const unsigned char *byte = (const unsigned char *)text;
	size_t len = 1;
	uint32_t code;

	*columns = 1;
	if (*byte == '\033') {
		*columns = 0;
		return strcspn(text, "m") + (strchr(text, 'm') != NULL);
	}
	while (*byte & 0x80 && (byte[len] & 0xc0) == 0x80 && len < 4)
		len++;
	code = byte[0] & firsts[len];
	for (size_t i = 1; i < len; i++)
		code = code << 6 | (byte[i] & 0x3f);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (len > 1 && code >= ranges[i].first && code <= ranges[i].last)
			*columns = ranges[i].columns;
	return len;
}

unsigned columns_in(const char *text, size_t len)
{
	unsigned sum = 0, one;

	for (size_t at = 0; at < len && text[at]; sum += one)
		at += character(text + at, &one);
	return sum;
}

unsigned columns_of(const char *text)
{
	return columns_in(text, strlen(text));
}

/* Whether the character that text begins with is one of these. */
static bool is_among(const char *text, const char *characters)
{
	unsigned columns;

	return memmem(characters, strlen(characters), text, character(text, &columns));
}

bool may_part(const char *text, const char *next)
{
	unsigned columns, next_columns;

	character(text, &columns);
	character(next, &next_columns);
	return (columns > 1 || next_columns > 1) && !is_among(text, "（「『《【“‘(") &&
	       !is_among(next, "，。、：；！？）」』》】”’…—,.:;!?)%");
}
