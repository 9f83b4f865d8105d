// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What the kernel tells of an epoll instance, line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fdinfo.h"

static void an_interest_is_read(void **state)
{
	struct fdinfo_interest i;

	(void)state;
	assert_true(fdinfo_interest("tfd:        5 events: 80000019 data: ffffffffffffffff  pos:0 "
				    "ino:3d sdev:8\n",
				    &i));
	assert_int_equal(i.fd, 5);
	assert_int_equal(i.events, 0x80000019);
	assert_int_equal(i.data, UINT64_MAX);
	assert_int_equal(i.inode, 0x3d);
}

static void other_lines_are_none(void **state)
{
	static const char *const lines[] = {
		"",
		"pos:\t0\n",
		"flags:\t02\n",
		"tfd:        5 events:       19 data:                5\n",
		"tfd:        5 events:       19 data:                5  pos:0 ino: sdev:8\n",
		"tfd: x events: 19 data: 5  pos:0 ino:3d sdev:8\n",
		"eventfd-count:                0\n",
	};
	struct fdinfo_interest i;

	(void)state;
	for (size_t n = 0; n < sizeof(lines) / sizeof(lines[0]); n++)
		assert_false(fdinfo_interest(lines[n], &i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interest_is_read),
		cmocka_unit_test(other_lines_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
