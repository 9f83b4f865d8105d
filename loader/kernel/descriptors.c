// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "descriptors.h"

#include <err.h>
#include <fcntl.h>
#include <unistd.h>

#define NEEDED 256 /* all maps, and each program three times while it is loaded and attached */

/* The lowest number that is free: about as many are in use. */
static rlim_t in_use(void)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? RLIM_INFINITY - NEEDED : (rlim_t)fd;
}

int descriptors_raise(struct rlimit *before)
{
	rlim_t needed = in_use() + NEEDED;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, before)) {
		warn("cannot read the descriptor limit (RLIMIT_NOFILE)");
		return -1;
	}
	limit = *before;
	if (limit.rlim_cur >= needed)
		return 0;
	limit.rlim_cur = needed;
	if (needed <= limit.rlim_max && !setrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	warnx("cannot trace: attaching needs up to %d descriptors, but the hard limit of this "
	      "process is %llu; raise it (ulimit -Hn)",
	      NEEDED, (unsigned long long)before->rlim_max);
	return -1;
}

void descriptors_restore(const struct rlimit *before)
{
	setrlimit(RLIMIT_NOFILE, before);
}
