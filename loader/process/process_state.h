/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_PROCESS_STATE_H
#define WAKELAB_PROCESS_STATE_H

#include <sys/types.h>

/* Why a process cannot run, in words for "it was ...": stopped, frozen, a zombie. NULL: it can, or
 * is gone, or that is not to be known. */
const char *process_state(pid_t pid);

#endif
