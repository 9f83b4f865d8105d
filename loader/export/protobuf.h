/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Messages of protocol buffers, field by field, as protobuf.dev/programming-guides/encoding has
 * them. */
#ifndef WAKELAB_PROTOBUF_H
#define WAKELAB_PROTOBUF_H

#include "bytes.h"

/* A field that is a number, fixed64, a text, a message. */
void protobuf_number(struct bytes *to, unsigned field, __u64 value);
void protobuf_fixed64(struct bytes *to, unsigned field, __u64 value);
void protobuf_text(struct bytes *to, unsigned field, const char *text);
void protobuf_message(struct bytes *to, unsigned field, const struct bytes *message);

#endif
