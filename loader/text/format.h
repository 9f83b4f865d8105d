/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Numbers as people read them. Each returns its text in one of a few static buffers, good until
 * FORMAT_BUFFERS more calls. */
#ifndef WAKELAB_FORMAT_H
#define WAKELAB_FORMAT_H

#include "wakelab.h"

#define FORMAT_BUFFERS 32
#define FORMAT_SIZE    32 /* bytes of each */

/* The next of the buffers, for a format that is not here. */
char *format_buffer(void);

/* 1234567 -> "1 234 567" */
const char *format_count(__u64 n);
/* n in ns -> a rate a second, "1 234" or "0.4"; "0" for nothing, "-" when ns is 0 */
const char *format_rate(__u64 n, __u64 ns);
/* "850ns", "1.2us", "88us", "1.2ms", "2.5s" */
const char *format_ns(__u64 ns);
/* "512 B", "1.5 KiB", "23 MiB", "2.0 GiB" */
const char *format_bytes(__u64 bytes);
/* The percentile of h as format_ns(), "-" over too few samples. */
const char *format_percentile(const struct hist *h, double p);
/* "42 %", "<1 %", "-" for none, "100 %" only for all */
const char *format_share(__u64 part, __u64 whole);
/* a / b with one or two digits behind the point; "-" when b is 0 */
const char *format_ratio(__u64 a, __u64 b);

#endif
