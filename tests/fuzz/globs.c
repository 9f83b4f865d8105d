// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A pattern and a name: what is taken is what fnmatch(3) takes. */
#include <assert.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "globs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where both mean the same: fnmatch() has classes of characters, takes a range that is upside down
 * for an error, and a backslash in a set for one before its character; it reads characters, not
 * bytes. */
static bool is_common(const char *text)
{
	for (; *text; text++)
		if (strchr("[\\", *text) || (unsigned char)*text >= 0x80)
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[128] = "", name[NAME_LEN] = "";
	struct name_glob glob;
	size_t len;
	bool taken;

	memcpy(text, data, size < sizeof(text) - 1 ? size : sizeof(text) - 1);
	len = strlen(text);
	if (len + 1 < sizeof(text))
		memcpy(name, text + len + 1, strnlen(text + len + 1, sizeof(name) - 1));
	if (glob_make(&glob, text))
		return 0;
	taken = glob_takes(&glob, name);
	if (is_common(text) && is_common(name))
		assert(taken == !fnmatch(text, name, 0));
	return 0;
}
