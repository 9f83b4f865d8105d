/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A line that is put together where there are many: text is appended to it, without a format to be
 * read each time. What does not fit is left out. */
#ifndef WAKELAB_LINE_H
#define WAKELAB_LINE_H

#include <stddef.h>
#include <string.h>

#include "wakelab.h"

struct line {
	char *text; /* of the caller; it has no NUL */
	size_t size, len;
};

static inline void line_add(struct line *l, const char *text, size_t len)
{
	if (len > l->size - l->len)
		len = l->size - l->len;
	memcpy(l->text + l->len, text, len);
	l->len += len;
}

static inline void line_char(struct line *l, char c)
{
	if (l->len < l->size)
		l->text[l->len++] = c;
}

static inline void line_text(struct line *l, const char *text)
{
	line_add(l, text, strlen(text));
}

/* "4711"; "-11"; "0x1267" */
void line_number(struct line *l, __u64 n);
void line_signed(struct line *l, __s64 n);
void line_hex(struct line *l, __u64 n);

/* A number of so many digits: "004711" */
void line_digits(struct line *l, unsigned n, unsigned digits);

/* "1.2us", as format_ns() */
void line_ns(struct line *l, __u64 ns);

/* "127.0.0.1:4711", as address_text() */
void line_address(struct line *l, int family, const __u8 *addr, unsigned port);

#endif
