// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "line.h"

#include <sys/socket.h>

#include "format.h"
#include "names.h"

#define MOST_DIGITS 20 /* of 64 bits */

void line_number(struct line *l, __u64 n)
{
	char text[MOST_DIGITS], *at = text + sizeof(text);

	do
		*--at = '0' + n % 10;
	while (n /= 10);
	line_add(l, at, text + sizeof(text) - at);
}

void line_signed(struct line *l, __s64 n)
{
	if (n < 0)
		line_char(l, '-');
	line_number(l, n < 0 ? -(__u64)n : (__u64)n);
}

void line_hex(struct line *l, __u64 n)
{
	char text[MOST_DIGITS], *at = text + sizeof(text);

	do
		*--at = "0123456789abcdef"[n & 15];
	while (n >>= 4);
	line_add(l, "0x", 2);
	line_add(l, at, text + sizeof(text) - at);
}

void line_digits(struct line *l, unsigned n, unsigned digits)
{
	char text[MOST_DIGITS];

	for (unsigned i = digits; i--; n /= 10)
		text[i] = '0' + n % 10;
	line_add(l, text, digits);
}

void line_ns(struct line *l, __u64 ns)
{
	line_text(l, format_ns(ns));
}

void line_address(struct line *l, int family, const __u8 *addr, unsigned port)
{
	char text[80];

	if (family != AF_INET) {
		line_text(l, address_text(family, addr, port, text, sizeof(text)));
		return;
	}
	for (unsigned i = 0; i < 4; i++) {
		if (i)
			line_char(l, '.');
		line_number(l, addr[i]);
	}
	line_char(l, ':');
	line_number(l, port);
}
