// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "visible.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The forms of UTF-8 (RFC 3629): what the first byte has, and the least code point of that length:
 * a smaller one is written shorter. */
static const struct form {
	uint8_t mask, bits;
	uint32_t least;
} forms[] = {
	{0x80, 0x00, 0},
	{0xe0, 0xc0, 0x80},
	{0xf0, 0xe0, 0x800},
	{0xf8, 0xf0, 0x10000},
};
#define N_FORMS (sizeof(forms) / sizeof(forms[0]))

/* The code point that text begins with, and how many bytes it takes; 0 bytes: it is no UTF-8. */
static uint32_t decode(const unsigned char *text, size_t *len)
{
	size_t form = 0;
	uint32_t code;

	*len = 0;
	while (form < N_FORMS && (text[0] & forms[form].mask) != forms[form].bits)
		form++;
	if (form == N_FORMS)
		return 0;
	code = text[0] & ~forms[form].mask;
	for (size_t i = 1; i <= form; i++) {
		if ((text[i] & 0xc0) != 0x80) /* the end of text, too */
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code >= forms[form].least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff))
		*len = form + 1;
	return code;
}

/* Controls; and what changes the direction of the text behind it (Unicode's bidirectional
 * formatting characters), by which it may be made to read as another. */
static bool is_control(uint32_t code)
{
	return code < 32 || (code >= 127 && code < 160) || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* One byte into room for five; gives the length. */
static size_t escape(unsigned char byte, char *to)
{
	static const unsigned char named[][2] = {
		{'\n', 'n'}, {'\t', 't'}, {'\r', 'r'}, {'\\', '\\'}};

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (byte == named[i][0])
			return sprintf(to, "\\%c", named[i][1]);
	return sprintf(to, "\\x%02x", byte);
}

/* The visible form of a character of len bytes, 0: of a byte that is none; gives its length. */
static size_t show(const char *text, size_t len, bool plain, char *to)
{
	size_t n;

	if (len && plain) {
		memcpy(to, text, len);
		return len;
	}
	n = escape(text[0], to);
	for (size_t i = 1; i < len; i++)
		n += escape(text[i], to + n);
	return n;
}

size_t visible_message(const char *message, size_t len, char *to)
{
	size_t at = 0, one;

	for (size_t i = 0; i < len; i += one ? one : 1) {
		char next[N_FORMS + 1] = ""; /* the message has no NUL behind it */
		uint32_t code;

		memcpy(next, message + i, len - i < N_FORMS ? len - i : N_FORMS);
		code = decode((const unsigned char *)next, &one);
		at += show(next, one, code == '\n' || !is_control(code), to + at);
	}
	return at;
}

const char *visible(const char *text, char *to, size_t size)
{
	size_t at = 0, len, n;

	for (; *text; text += len ? len : 1) {
		uint32_t code = decode((const unsigned char *)text, &len);
		char one[4 * N_FORMS + 1];

		n = show(text, len, !is_control(code) && code != '\\', one);
		if (at + n >= size)
			break;
		memcpy(to + at, one, n);
		at += n;
	}
	to[at] = '\0';
	return to;
}
