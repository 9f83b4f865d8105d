// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "preempt_count.h"

#include <stdio.h>
#include <string.h>

/* The offset of a variable in the kernel's per-CPU section, or -1. */
static __s64 percpu_offset(const struct btf *btf, const char *name)
{
	__s32 section = btf__find_by_name_kind(btf, ".data..percpu", BTF_KIND_DATASEC);
	__s32 var = btf__find_by_name_kind(btf, name, BTF_KIND_VAR);
	const struct btf_type *type;

	if (section < 0 || var < 0)
		return -1;
	type = btf__type_by_id(btf, section);
	for (int i = 0; i < btf_vlen(type); i++)
		if ((__s32)btf_var_secinfos(type)[i].type == var)
			return btf_var_secinfos(type)[i].offset;
	return -1;
}

/* The byte offset of a member of a structure, or -1. */
static __s64 member_offset(const struct btf *btf, const char *type_name, const char *name)
{
	__s32 id = btf__find_by_name_kind(btf, type_name, BTF_KIND_STRUCT);
	const struct btf_type *type;

	if (id < 0)
		return -1;
	type = btf__type_by_id(btf, id);
	for (int i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), name))
			return btf_member_bit_offset(type, i) / 8;
	return -1;
}

bool preempt_count_in_types(const struct btf *btf, __s64 *distance)
{
	__s64 rq = percpu_offset(btf, "runqueues");
	__s64 count = percpu_offset(btf, "__preempt_count"), member;

	if (count < 0) {
		count = percpu_offset(btf, "pcpu_hot");
		member = member_offset(btf, "pcpu_hot", "preempt_count");
		count = count < 0 || member < 0 ? -1 : count + member;
	}
	*distance = count - rq;
	return rq >= 0 && count >= 0;
}

/* Where the types leave out variables: Debian's 5.10. */
__s64 preempt_count_in_symbols(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	__u64 address, rq = 0, count = 0;
	char line[256], name[128];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %*c %127s", &address, name) != 2)
			continue;
		if (!strcmp(name, "runqueues"))
			rq = address;
		else if (!strcmp(name, "__preempt_count"))
			count = address;
	}
	if (file)
		fclose(file);
	return rq && count ? (__s64)(count - rq) : 0;
}
