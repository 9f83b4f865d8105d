/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Text for a page that is large: deflated (zlib), in base64. */
#ifndef WAKELAB_PACKED_H
#define WAKELAB_PACKED_H

#include <stdio.h>

/* A stream: what is printed to it comes out packed on another one, when it is closed at the latest.
 * NULL with errno: there is no memory. fclose() fails where the other stream did. */
FILE *packed_open(FILE *out);

#endif
