// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "iterate.h"

#include <bpf/bpf.h>
#include <err.h>
#include <unistd.h>

#define ROWS_AT_ONCE 256

int iterate(struct bpf_program *prog)
{
	return iterate_rows(prog, 1, NULL, NULL);
}

int iterate_rows(struct bpf_program *prog, size_t size, void (*take)(void *ctx, const void *row),
		 void *ctx)
{
	struct bpf_link *link = bpf_program__attach_iter(prog, NULL);
	char buf[ROWS_AT_ONCE * size];
	ssize_t n = -1;
	int fd = -1;

	if (link)
		fd = bpf_iter_create(bpf_link__fd(link));
	if (fd >= 0) /* each read gives whole rows: that many were written, or fit in */
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			for (ssize_t at = 0; take && at < n; at += (ssize_t)size)
				take(ctx, buf + at);
	if (n < 0)
		warn("cannot iterate over the kernel's tasks (%s)", bpf_program__name(prog));
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return n < 0 ? -1 : 0;
}
