// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The instructions that call, of each machine: where they lead, and that no byte behind them is
 * looked at. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "instructions.h"

/* Instructions at 0x401000, and where they lead. */
static const struct {
	unsigned machine;
	enum { BRANCHES, GOES_THROUGH, IS_STUB } kind;
	const char *bytes;
	size_t size;
	uint64_t to;
} instructions[] = {
	{.machine = EM_X86_64,
	 .kind = BRANCHES,
	 .bytes = "\xe8\x00\x00\x00\x00",
	 .size = 5,
	 .to = 0x401005},
	{.machine = EM_X86_64,
	 .kind = BRANCHES,
	 .bytes = "\xe9\xfb\xff\xff\xff",
	 .size = 5,
	 .to = 0x401000},
	{.machine = EM_X86_64,
	 .kind = GOES_THROUGH,
	 .bytes = "\xff\x15\x10\x00\x00\x00",
	 .size = 6,
	 .to = 0x401016},
	{.machine = EM_X86_64,
	 .kind = GOES_THROUGH,
	 .bytes = "\xff\x25\xfa\xff\xff\xff",
	 .size = 6,
	 .to = 0x401000},
	{.machine = EM_X86_64,
	 .kind = IS_STUB,
	 .bytes = "\xff\x25\x00\x10\x00\x00",
	 .size = 6,
	 .to = 0x402006},
	{.machine = EM_X86_64,
	 .kind = IS_STUB,
	 .bytes = "\xf2\xff\x25\x00\x10\x00\x00",
	 .size = 7,
	 .to = 0x402007},
	{.machine = EM_X86_64,
	 .kind = IS_STUB,
	 .bytes = "\xf3\x0f\x1e\xfa\xff\x25\x00\x10\x00\x00",
	 .size = 10,
	 .to = 0x40200a},
	{.machine = EM_X86_64,
	 .kind = IS_STUB,
	 .bytes = "\xf3\x0f\x1e\xfa\xf2\xff\x25\x00\x10\x00\x00",
	 .size = 11,
	 .to = 0x40200b},
	{.machine = EM_AARCH64,
	 .kind = BRANCHES,
	 .bytes = "\x02\x00\x00\x94",
	 .size = 4,
	 .to = 0x401008},
	{.machine = EM_AARCH64,
	 .kind = BRANCHES,
	 .bytes = "\xff\xff\xff\x17",
	 .size = 4,
	 .to = 0x400ffc},
	{.machine = EM_AARCH64,
	 .kind = IS_STUB,
	 .bytes = "\x10\x00\x00\xb0\x11\x06\x40\xf9",
	 .size = 8,
	 .to = 0x402008},
	{.machine = EM_AARCH64,
	 .kind = IS_STUB,
	 .bytes = "\xf0\xff\xff\xf0\x11\xfe\x7f\xf9",
	 .size = 8,
	 .to = 0x407ff8},
	{.machine = EM_AARCH64,
	 .kind = IS_STUB,
	 .bytes = "\x5f\x24\x03\xd5\x10\x00\x00\xb0\x11\x06\x40\xf9",
	 .size = 12,
	 .to = 0x402008},
};

static void instructions_lead_somewhere_if_they_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
		const struct machine *m = machine_find(instructions[i].machine);
		bool (*const leads[])(const struct code *code,
				      uint64_t *to) = {m->branches, m->goes_through, m->is_stub};

		for (size_t size = 1; size <= instructions[i].size; size++) {
			unsigned char *bytes = malloc(size);
			struct code code = {bytes, size, 0x401000};
			uint64_t to = 0;

			memcpy(bytes, instructions[i].bytes, size);
			assert_int_equal(leads[instructions[i].kind](&code, &to),
					 size == instructions[i].size);
			if (size == instructions[i].size)
				assert_int_equal(to, instructions[i].to);
			free(bytes);
		}
	}
	assert_null(machine_find(EM_386));
}

static void parts_of_code_lie_in_it(void **state)
{
	const unsigned char bytes[8] = {0};
	const struct code code = {bytes, sizeof(bytes), 0x401000};

	(void)state;
	assert_int_equal(code_part(&code, 0x401000, 8).size, 8);
	assert_int_equal(code_part(&code, 0x401002, 3).size, 3);
	assert_int_equal(code_part(&code, 0x401006, 3).size, 2);
	assert_ptr_equal(code_part(&code, 0x401006, 3).bytes, bytes + 6);
	assert_int_equal(code_part(&code, 0x401006, 3).address, 0x401006);
	assert_int_equal(code_part(&code, 0x401007, UINT64_MAX).size, 1);
	assert_int_equal(code_part(&code, 0x401008, UINT64_MAX).size, 0);
	assert_int_equal(code_part(&code, 0x401009, 3).size, 0);
	assert_int_equal(code_part(&code, 0x400fff, 3).size, 0);
	assert_int_equal(code_part(&code, UINT64_MAX, UINT64_MAX).size, 0);
	assert_int_equal(code_from(&code, 8).size, 0);
	assert_int_equal(code_from(&code, 5).size, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_lead_somewhere_if_they_are_whole),
		cmocka_unit_test(parts_of_code_lie_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
