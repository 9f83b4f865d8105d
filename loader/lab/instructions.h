/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The instructions of a machine that call, found in the bytes of a program. */
#ifndef WAKELAB_INSTRUCTIONS_H
#define WAKELAB_INSTRUCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a file, and the address that they have in memory. */
struct code {
	const unsigned char *bytes;
	size_t size;
	uint64_t address;
};

/* The part of code that begins at an address, of at most size bytes; empty if that is not in it. */
struct code code_part(const struct code *code, uint64_t address, uint64_t size);
/* All of code but the first offset bytes. */
struct code code_from(const struct code *code, size_t offset);

/*
 * How a machine's instructions call. Each function looks at what code begins with, and is false if
 * that does something else. The dynamic linker writes the address of a library's function into a
 * slot, and a stub jumps there.
 */
struct machine {
	uint16_t id; /* EM_X86_64 */
	size_t step; /* bytes between places where an instruction may begin */
	bool (*branches)(const struct code *code, uint64_t *target);
	/* NULL: it takes more than one instruction */
	bool (*goes_through)(const struct code *code, uint64_t *slot);
	bool (*is_stub)(const struct code *code, uint64_t *slot);
};

/* Both are little-endian, of 64 bits. NULL: no other machine is known. */
const struct machine *machine_find(unsigned id);

#endif
