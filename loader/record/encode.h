/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Structs as a recording has them, and the description with which it begins. */
#ifndef WAKELAB_ENCODE_H
#define WAKELAB_ENCODE_H

#include "bytes.h"
#include "shape.h"

/* Adds what a struct of that shape holds. */
void encode(struct bytes *to, const struct shape *shape, const void *from);

/* Adds the names, the shapes and the sections that this wakelab writes. */
void encode_description(struct bytes *to);

#endif
