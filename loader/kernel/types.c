// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache.h"
#include "extract.h"

static struct btf *from_cache(void)
{
	size_t len;
	void *bytes = cache_read(&len);
	struct btf *btf = bytes ? btf__new(bytes, len) : NULL;

	free(bytes);
	return btf;
}

static struct btf *make_and_keep(void)
{
	struct btf *btf = extract_make();
	const void *bytes;
	__u32 len;

	if (!btf)
		return NULL;
	bytes = btf__raw_data(btf, &len);
	if (bytes)
		cache_write(bytes, len);
	return btf;
}

static int write_file(struct types *t)
{
	const void *bytes;
	__u32 len;

	t->file = memfd_create("wakelab.types", MFD_CLOEXEC);
	bytes = btf__raw_data(t->btf, &len);
	if (t->file < 0 || !bytes || write(t->file, bytes, len) != (ssize_t)len)
		return -1;
	snprintf(t->path, sizeof(t->path), "/proc/self/fd/%d", t->file);
	return 0;
}

int types_open(struct types *t)
{
	int err;

	*t = (struct types){.btf = from_cache(), .file = -1};
	if (!t->btf)
		t->btf = make_and_keep();
	if (t->btf && !write_file(t))
		return 0;
	err = errno;
	types_close(t);
	errno = err;
	return -1;
}

void types_close(struct types *t)
{
	btf__free(t->btf);
	t->btf = NULL;
	if (t->file >= 0)
		close(t->file);
	t->file = -1;
}

bool types_number(const struct types *t, const char *name, __s64 *number)
{
	__s32 id = btf__find_by_name_kind(t->btf, EXTRACT_NUMBERS, BTF_KIND_ENUM);
	const struct btf_type *numbers = id > 0 ? btf__type_by_id(t->btf, id) : NULL;

	for (unsigned i = 0; numbers && i < btf_vlen(numbers); i++) {
		const struct btf_enum *e = &btf_enum(numbers)[i];

		if (strcmp(btf__name_by_offset(t->btf, e->name_off), name))
			continue;
		*number = e->val;
		return true;
	}
	return false;
}
