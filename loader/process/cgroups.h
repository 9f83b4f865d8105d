/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Control groups of version 2, and the units of the system's manager that have them. */
#ifndef WAKELAB_CGROUPS_H
#define WAKELAB_CGROUPS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* The number of a control group by its directory. Gives NULL, or why it is none, in words. */
const char *cgroup_number(const char *directory, __u64 *number);

/*
 * The directory of a unit's control group, in path; false: no control group of that name is there,
 * or nobody is in it. A name without a type is that of a service. Units are looked for where the
 * manager of the system keeps them, below its slices: those that a user's manager or a container
 * has are not among them.
 */
bool cgroup_of_unit(const char *unit, char *path, size_t size);

#endif
