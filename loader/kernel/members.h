/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The tasks that are followed. */
#ifndef WAKELAB_MEMBERS_H
#define WAKELAB_MEMBERS_H

#include <sys/types.h>

#include "wakelab.h"
#include "wakelab.skel.h"

/* A task of the target: what the kernel calls it, and what /proc does. */
struct member {
	__u64 task;
	pid_t pid, tid;
};

/* All tasks of the target that live, sorted; to be freed. NULL with errno if there is no room. */
struct member *list_members(const struct wakelab *skel, unsigned *n);

#endif
