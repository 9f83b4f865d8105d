// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "protobuf.h"

#include <endian.h>
#include <string.h>

enum wire { WIRE_VARINT = 0, WIRE_I64 = 1, WIRE_LEN = 2 };

static void tag(struct bytes *to, unsigned field, enum wire wire)
{
	bytes_number(to, (__u64)field << 3 | wire);
}

static void put_bytes(struct bytes *to, unsigned field, const void *data, size_t len)
{
	tag(to, field, WIRE_LEN);
	bytes_number(to, len);
	bytes_add(to, data, len);
}

void protobuf_number(struct bytes *to, unsigned field, __u64 value)
{
	tag(to, field, WIRE_VARINT);
	bytes_number(to, value);
}

void protobuf_fixed64(struct bytes *to, unsigned field, __u64 value)
{
	__u64 little = htole64(value);

	tag(to, field, WIRE_I64);
	bytes_add(to, &little, sizeof(little));
}

void protobuf_text(struct bytes *to, unsigned field, const char *text)
{
	put_bytes(to, field, text, strlen(text));
}

void protobuf_message(struct bytes *to, unsigned field, const struct bytes *message)
{
	put_bytes(to, field, message->data, message->len);
	to->failed |= message->failed;
}
