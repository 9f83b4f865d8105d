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

/* Hands over each task of the target that lives, as it is at that moment. Returns 0, or -1 with
 * errno. */
int for_each_task(const struct wakelab *skel, void *ctx,
		  void (*take)(void *ctx, const struct task_row *row));

/* All of them, sorted; to be freed. NULL with errno if there is no room. */
struct member *list_members(const struct wakelab *skel, unsigned *n);

#endif
