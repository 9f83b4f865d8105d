// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "schemas.h"

/* The contents of a file, with a NUL behind them. */
#define CARRY(type)                                                                                \
	__asm__(".pushsection .rodata\n"                                                           \
		"schema_" #type ": .incbin \"docs/schema/" #type ".json\"\n"                       \
		".byte 0\n"                                                                        \
		".popsection\n");                                                                  \
	extern const char schema_##type[];

#define LINE(type, ...) CARRY(type)
#include "lines.def"
CARRY(any)

const struct schema schemas[] = {
	{"any", schema_any, NULL, NULL},
#define LINE(id, ...) {.type = #id, .text = schema_##id, __VA_ARGS__},
#include "lines.def"
};
const size_t n_schemas = sizeof(schemas) / sizeof(schemas[0]);
