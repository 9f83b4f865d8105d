/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Runs the programs that look through all tasks or open files of the kernel. */
#ifndef WAKELAB_ITERATE_H
#define WAKELAB_ITERATE_H

#include <bpf/libbpf.h>
#include <stddef.h>

/* Where what an iterator writes is put together: rows of one size. */
struct rows {
	void *rows;
	size_t len, size; /* bytes */
};

/* Runs an iterator program to its end; what it writes is added to rows, unless NULL. Returns 0 or
 * -1 after one line on stderr. */
int iterate(struct bpf_program *prog, struct rows *rows);

#endif
