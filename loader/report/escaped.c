// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "escaped.h"

#include <string.h>

static ssize_t escaped_write(void *cookie, const char *text, size_t size)
{
	const char *end = text + size;

	for (const char *from = text; from < end;) {
		const char *tag = memchr(from, '<', end - from);
		const char *to = tag ? tag : end;

		fwrite(from, 1, to - from, cookie);
		if (tag)
			fputs("\\u003c", cookie);
		from = tag ? tag + 1 : end;
	}
	return ferror(cookie) ? 0 : (ssize_t)size;
}

FILE *escaped_open(FILE *out)
{
	static const cookie_io_functions_t functions = {.write = escaped_write};

	return fopencookie(out, "w", functions);
}
