/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The kernel's types, as far as the programs need them: from the cache, or made and kept there. */
#ifndef WAKELAB_TYPES_H
#define WAKELAB_TYPES_H

#include <bpf/btf.h>
#include <linux/types.h>
#include <stdbool.h>

struct types {
	struct btf *btf; /* see extract.h */
	int file;        /* the same, for libbpf to read */
	char path[32];   /* its name */
};

/* Returns 0 or -1 with errno. */
int types_open(struct types *t);
void types_close(struct types *t);

/* The number that the kernel has for that; false: it has none. */
bool types_number(const struct types *t, const char *name, __s64 *number);

#endif
