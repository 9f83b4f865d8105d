// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Who calls what in a student's program, an ELF file: bytes that need not be valid in any way. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "callers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const calls[] = {"read", "epoll_ctl"};
	static int fd = -1;
	char path[64], text[200];

	if (fd < 0)
		fd = memfd_create("program", 0);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		assert(callers_find(path, calls[i], text, sizeof(text)) == (*text != '\0'));
	return 0;
}
