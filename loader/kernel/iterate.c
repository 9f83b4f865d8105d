// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "iterate.h"

#include <bpf/bpf.h>
#include <err.h>
#include <unistd.h>

int iterate(struct bpf_program *prog)
{
	struct bpf_link *link = bpf_program__attach_iter(prog, NULL);
	char buf[4096];
	ssize_t n = -1;
	int fd = -1;

	if (link)
		fd = bpf_iter_create(bpf_link__fd(link));
	if (fd >= 0)
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			;
	if (n < 0)
		warn("cannot iterate over the kernel's tasks (%s)", bpf_program__name(prog));
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return n < 0 ? -1 : 0;
}
