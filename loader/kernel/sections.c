// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "sections.h"

#include <linux/btf.h>
#include <stdio.h>
#include <string.h>

const struct section_kind section_kinds[] = {
	{.prefix = "tp_btf",
	 .type = BPF_PROG_TYPE_TRACING,
	 .attach = BPF_TRACE_RAW_TP,
	 .of_type = "btf_trace_",
	 .kind = BTF_KIND_TYPEDEF},
	{.prefix = "fentry",
	 .type = BPF_PROG_TYPE_TRACING,
	 .attach = BPF_TRACE_FENTRY,
	 .of_type = "",
	 .kind = BTF_KIND_FUNC},
	{.prefix = "fexit",
	 .type = BPF_PROG_TYPE_TRACING,
	 .attach = BPF_TRACE_FEXIT,
	 .of_type = "",
	 .kind = BTF_KIND_FUNC},
	{.prefix = "iter",
	 .type = BPF_PROG_TYPE_TRACING,
	 .attach = BPF_TRACE_ITER,
	 .of_type = "bpf_iter_",
	 .kind = BTF_KIND_FUNC},
	{.prefix = "kprobe", .type = BPF_PROG_TYPE_KPROBE, .of_type = "", .kind = BTF_KIND_FUNC},
	{.prefix = "tp", .type = BPF_PROG_TYPE_TRACEPOINT},
	{.prefix = "raw_tp", .type = BPF_PROG_TYPE_RAW_TRACEPOINT},
};

const unsigned n_section_kinds = sizeof(section_kinds) / sizeof(section_kinds[0]);

const struct section_kind *section_kind_of(const char *section)
{
	size_t len = strcspn(section, "/");

	for (unsigned i = 0; i < n_section_kinds; i++)
		if (strlen(section_kinds[i].prefix) == len &&
		    !strncmp(section_kinds[i].prefix, section, len))
			return &section_kinds[i];
	return NULL;
}

const char *section_type(const char *section, char *buf, size_t len)
{
	const struct section_kind *kind = section_kind_of(section);
	const char *name = strchr(section, '/');

	if (!kind || !kind->of_type || !name)
		return NULL;
	snprintf(buf, len, "%s%s", kind->of_type, name + 1);
	return buf;
}
