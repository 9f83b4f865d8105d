/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_PROGRAM_INFO_H
#define WAKELAB_PROGRAM_INFO_H

#include <linux/bpf.h>

#include "attach.h"

/* What the kernel tells of a program that is loaded; what it has no room for is 0. Returns how many
 * bytes of info it knows, or -1 with errno. */
int program_info(const struct wakelab *skel, const char *name, struct bpf_prog_info *info);

#endif
