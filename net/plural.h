/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_PLURAL_H
#define WAKELAB_PLURAL_H

/* The ending of a regular noun behind a number: "" for 1, else "s". */
static inline const char *plural(unsigned long long n)
{
	return n == 1 ? "" : "s";
}

#endif
