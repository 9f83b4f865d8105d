/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_ASKING_H
#define WAKELAB_ASKING_H

#include <linux/types.h>

/* How long it takes a thread at most, on this machine, to ask again when it does nothing else: from
 * the return of a poll() that gives nothing to the next one, both traced, ns. */
__u64 asking_ns(void);

#endif
