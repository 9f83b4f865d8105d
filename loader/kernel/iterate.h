/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Runs the programs that look through all tasks of the kernel. */
#ifndef WAKELAB_ITERATE_H
#define WAKELAB_ITERATE_H

#include <bpf/libbpf.h>

/* Runs an iterator program to its end. Returns 0 or -1 after one line on stderr. */
int iterate(struct bpf_program *prog);

/* The same of one that writes rows of that size; take is given each. */
int iterate_rows(struct bpf_program *prog, size_t size, void (*take)(void *ctx, const void *row),
		 void *ctx);

#endif
