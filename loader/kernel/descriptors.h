/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Room for the descriptors that attaching takes: one for each map, program and link. */
#ifndef WAKELAB_DESCRIPTORS_H
#define WAKELAB_DESCRIPTORS_H

#include <sys/resource.h>

/* Raises RLIMIT_NOFILE towards its hard limit as far as that is needed, and gives in before what it
 * was, for descriptors_restore(), once they are closed: what is started later is to have the limit
 * that we had. Returns 0, or -1 after one line on stderr where the hard limit is too small; then
 * nothing was changed. */
int descriptors_raise(struct rlimit *before);
void descriptors_restore(const struct rlimit *before);

#endif
