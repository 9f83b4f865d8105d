/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The description of a recording, as another wakelab would write it. */
#ifndef WAKELAB_DESCRIPTION_BYTES_H
#define WAKELAB_DESCRIPTION_BYTES_H

#include <string.h>

#include "bytes.h"
#include "shape.h"

static inline void put_text(struct bytes *b, const char *text)
{
	bytes_text(b, text, strlen(text));
}

static inline void put_field(struct bytes *b, const char *name, enum form form, unsigned names,
			     unsigned shape)
{
	put_text(b, name);
	bytes_number(b, form);
	bytes_number(b, names);
	bytes_number(b, shape);
}

#endif
