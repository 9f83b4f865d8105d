// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The handout of a lesson, laid out for a narrow terminal. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "handout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct layout l = {.width = WIDTH_LEAST, .utf8 = true, .color = true};
	FILE *handout = size ? fmemopen((void *)data, size, "r") : NULL;

	if (!l.out)
		l.out = fopen("/dev/null", "we");
	if (!l.out)
		abort();
	if (!handout)
		return 0;
	handout_show(handout, &l);
	fclose(handout);
	return 0;
}
