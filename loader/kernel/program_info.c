// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "program_info.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

int program_info(const struct wakelab *skel, const char *name, struct bpf_prog_info *info)
{
	const struct bpf_program *prog = bpf_object__find_program_by_name(skel->obj, name);
	__u32 len = sizeof(*info);

	*info = (struct bpf_prog_info){0};
	return bpf_obj_get_info_by_fd(bpf_program__fd(prog), info, &len) ? -1 : (int)len;
}
