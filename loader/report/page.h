/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The page itself, which lies in page/ and is a part of this binary. */
#ifndef WAKELAB_PAGE_H
#define WAKELAB_PAGE_H

#include <stdio.h>

/* Prints what stands before the data, with style, and what stands behind it, with scripts. */
void page_begin(FILE *out);
void page_end(FILE *out);

#endif
