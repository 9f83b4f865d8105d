/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The sections that programs lie in, each by its name: "tp_btf/sys_enter". */
#ifndef WAKELAB_SECTIONS_H
#define WAKELAB_SECTIONS_H

#include <linux/bpf.h>
#include <stddef.h>

struct section_kind {
	const char *prefix;
	enum bpf_prog_type type; /* of its programs */
	enum bpf_attach_type attach;
	const char *of_type; /* what is hooked is a type of the kernel with this before its name;
				NULL: it is none */
	unsigned kind;       /* of that type, BTF_KIND_... */
};

extern const struct section_kind section_kinds[];
extern const unsigned n_section_kinds;

/* The kind of a section; NULL for one that is in no program of ours. */
const struct section_kind *section_kind_of(const char *section);

/* The name of the type that is hooked, in buf; NULL where it is none. */
const char *section_type(const char *section, char *buf, size_t len);

#endif
