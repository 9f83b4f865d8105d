// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What /proc tells: the fdinfo of an epoll instance, and a field of a file. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fdinfo.h"
#include "proc_field.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read is what the kernel would write of it, and is read again. */
static void take_line(const char *line)
{
	struct fdinfo_interest found, again;
	char own[256];

	if (!fdinfo_interest(line, &found))
		return;
	snprintf(own, sizeof(own),
		 "tfd: %8llu events: %8llx data: %16llx  pos:%i ino:%llx sdev:0\n", found.fd,
		 found.events, found.data, 0, found.inode);
	assert(fdinfo_interest(own, &again) && !memcmp(&found, &again, sizeof(found)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[64], line[256];
	FILE *file;

	if (fd < 0)
		fd = memfd_create("fdinfo", 0);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	proc_field(path, "VmRSS");
	proc_field(path, "memlock");
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		take_line(line);
	if (file)
		fclose(file);
	return 0;
}
