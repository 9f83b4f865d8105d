// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "instructions.h"

#include <elf.h>
#include <endian.h>
#include <string.h>

static uint32_t word(const unsigned char *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

/* The lowest bits of value as a signed number. */
static uint64_t extended(uint64_t value, unsigned bits)
{
	uint64_t sign = 1ULL << (bits - 1);

	return ((value & (2 * sign - 1)) ^ sign) - sign;
}

struct code code_part(const struct code *code, uint64_t address, uint64_t size)
{
	uint64_t offset = address - code->address;
	size_t left;

	if (offset >= code->size)
		return (struct code){.address = address};
	left = code->size - offset;
	return (struct code){code->bytes + offset, size < left ? size : left, address};
}

struct code code_from(const struct code *code, size_t offset)
{
	return code_part(code, code->address + offset, SIZE_MAX);
}

static bool begins(const struct code *code, const char *bytes, size_t size)
{
	return code->size >= size && !memcmp(code->bytes, bytes, size);
}

/* call rel32, jmp rel32 */
static bool x86_branches(const struct code *code, uint64_t *target)
{
	if (code->size < 5 || (code->bytes[0] != 0xe8 && code->bytes[0] != 0xe9))
		return false;
	*target = code->address + 5 + extended(word(code->bytes + 1), 32);
	return true;
}

/* call *rel32(%rip), jmp *rel32(%rip) */
static bool x86_goes_through(const struct code *code, uint64_t *slot)
{
	if (code->size < 6 || (!begins(code, "\xff\x15", 2) && !begins(code, "\xff\x25", 2)))
		return false;
	*slot = code->address + 6 + extended(word(code->bytes + 2), 32);
	return true;
}

/* The jump, perhaps behind endbr64, perhaps with a prefix. */
static bool x86_is_stub(const struct code *code, uint64_t *slot)
{
	struct code rest = *code;

	if (begins(&rest, "\xf3\x0f\x1e\xfa", 4))
		rest = code_from(&rest, 4);
	if (begins(&rest, "\xf2", 1))
		rest = code_from(&rest, 1);
	return x86_goes_through(&rest, slot);
}

/* b, bl */
static bool arm64_branches(const struct code *code, uint64_t *target)
{
	uint32_t instruction;

	if (code->size < 4)
		return false;
	instruction = word(code->bytes);
	*target = code->address + (extended(instruction, 26) << 2);
	return (instruction & 0x7c000000) == 0x14000000;
}

/* adrp xN, PAGE; ldr xM, [xN, OFFSET], perhaps behind bti c */
static bool arm64_is_stub(const struct code *code, uint64_t *slot)
{
	struct code rest = *code;
	uint32_t adrp, ldr;

	if (begins(&rest, "\x5f\x24\x03\xd5", 4))
		rest = code_from(&rest, 4);
	if (rest.size < 8)
		return false;
	adrp = word(rest.bytes);
	ldr = word(rest.bytes + 4);
	*slot = (rest.address & ~0xfffULL) +
		(extended((adrp >> 5 & 0x7ffff) << 2 | (adrp >> 29 & 3), 21) << 12) +
		(ldr >> 10 & 0xfff) * 8;
	return (adrp & 0x9f000000) == 0x90000000 && (ldr & 0xffc00000) == 0xf9400000;
}

static const struct machine machines[] = {
	{.id = EM_X86_64,
	 .step = 1,
	 .branches = x86_branches,
	 .goes_through = x86_goes_through,
	 .is_stub = x86_is_stub},
	{.id = EM_AARCH64, .step = 4, .branches = arm64_branches, .is_stub = arm64_is_stub},
};

const struct machine *machine_find(unsigned id)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i].id == id)
			return &machines[i];
	return NULL;
}
