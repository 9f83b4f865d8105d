// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "mark.h"

#include <string.h>

#include "recorded.h"

/* ZSTD_MAGIC_SKIPPABLE_START and how many bytes are skipped, both with the low byte first; and
 * these. */
static const char begin[] = "\x50\x2a\x4d\x18\x18\0\0\0wakelab recording ";
#define BEGIN_SIZE (sizeof(begin) - 1)

/* The format is at most five digits. */
_Static_assert(MARK_SIZE == BEGIN_SIZE + sizeof("12345"), "the mark's size is in it");

void mark_print(FILE *out)
{
	char mark[MARK_SIZE + 1];

	memcpy(mark, begin, BEGIN_SIZE);
	snprintf(mark + BEGIN_SIZE, sizeof(mark) - BEGIN_SIZE, "%-5u\n", RECORDING_FORMAT);
	fwrite(mark, 1, MARK_SIZE, out);
}

unsigned mark_format(const unsigned char mark[MARK_SIZE])
{
	unsigned format = 0;

	if (memcmp(mark, begin, BEGIN_SIZE))
		return 0;
	for (unsigned i = BEGIN_SIZE; mark[i] >= '0' && mark[i] <= '9' && i < MARK_SIZE - 1; i++)
		format = format * 10 + mark[i] - '0';
	return format;
}
