// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "iterate.h"

#include <bpf/bpf.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Takes in what the iterator wrote. Returns 0 or -1 with errno. */
static int rows_add(struct rows *r, const char *buf, size_t n)
{
	void *more;

	if (r->len + n > r->size) {
		more = realloc(r->rows, 2 * (r->len + n));
		if (!more)
			return -1;
		r->rows = more;
		r->size = 2 * (r->len + n);
	}
	memcpy((char *)r->rows + r->len, buf, n);
	r->len += n;
	return 0;
}

int iterate(struct bpf_program *prog, struct rows *rows)
{
	struct bpf_link *link = bpf_program__attach_iter(prog, NULL);
	char buf[4096];
	ssize_t n = -1;
	int fd = -1;

	if (link)
		fd = bpf_iter_create(bpf_link__fd(link));
	if (fd >= 0)
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			if (rows && rows_add(rows, buf, n)) {
				n = -1;
				break;
			}
	if (n < 0)
		warn("cannot look through the kernel's tasks (%s)", bpf_program__name(prog));
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return n < 0 ? -1 : 0;
}
