/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* JSON that stands in a page. */
#ifndef WAKELAB_ESCAPED_H
#define WAKELAB_ESCAPED_H

#include <stdio.h>

/* A stream: JSON that is printed to it comes out on another one with each < as \u003c, so nothing
 * in it is a tag, or the end of the element in which it stands. NULL with errno: there is no
 * memory. fclose() fails where the other stream did. */
FILE *escaped_open(FILE *out);

#endif
