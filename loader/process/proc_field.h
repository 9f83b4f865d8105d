/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_PROC_FIELD_H
#define WAKELAB_PROC_FIELD_H

#include <linux/types.h>

#define PROC_FIELD_UNKNOWN (~0ull)

/* The number behind "FIELD:" in a file of /proc, as it stands there ("VmRSS:  1234 kB" is 1234);
 * PROC_FIELD_UNKNOWN: the file cannot be read, or has no such field. */
__u64 proc_field(const char *path, const char *field);

#endif
