/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Bytes that grow as they are written, and bytes that are read up to their end and no further. */
#ifndef WAKELAB_BYTES_H
#define WAKELAB_BYTES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct bytes {
	unsigned char *data;
	size_t len, size;
	bool failed; /* there was no memory for what was added */
};

void bytes_add(struct bytes *b, const void *data, size_t len);
/* A number as FORM_NUMBER has it; of FORM_SIGNED. */
void bytes_number(struct bytes *b, __u64 n);
void bytes_signed(struct bytes *b, __s64 n);
/* A text as FORM_TEXT has it; NULL: there is none. */
void bytes_text(struct bytes *b, const char *text, size_t len);
void bytes_free(struct bytes *b);

struct taking {
	const unsigned char *at, *end;
	bool broken; /* something was not what it has to be; all that is taken then is 0 */
};

__u64 take_number(struct taking *t);
__s64 take_signed(struct taking *t);
/* A number below most, else it is broken. */
unsigned take_below(struct taking *t, unsigned most);
/* So many bytes, where they stand; NULL: it is broken. */
const unsigned char *take_bytes(struct taking *t, size_t len);
/* A text; false: there is none. */
bool take_text(struct taking *t, const char **text, size_t *len);

#endif
