// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Recordings of another wakelab: what both have is read by its name, and nothing else is believed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "description.h"
#include "description_bytes.h"

static void put_shape(struct bytes *b, const char *name, unsigned n_fields)
{
	put_text(b, name);
	bytes_number(b, n_fields);
}

/* Its units are in another order, it has one more, and more of a stall than ours. */
static struct bytes describe(void)
{
	static const char *const units[] = {"PUDDLES", "CONNECTIONS", "BYTES"};
	struct bytes b = {0};

	bytes_number(&b, 2);
	put_text(&b, "puddle");
	bytes_number(&b, 0);
	put_text(&b, "unit");
	bytes_number(&b, 3);
	for (unsigned i = 0; i < 3; i++)
		put_text(&b, units[i]);
	bytes_number(&b, 4); /* shapes */
	put_shape(&b, "drop", 1);
	put_field(&b, "size", FORM_NUMBER, 0, 0);
	put_shape(&b, "unread", 6);
	put_field(&b, "fd", FORM_NUMBER, 0, 0);
	put_field(&b, "drops", FORM_ROWS, 0, 1);
	put_field(&b, "color", FORM_TEXT, 0, 0);
	put_field(&b, "unit", FORM_CHOICE, 2, 0);
	put_field(&b, "comm", FORM_TEXT, 0, 0);
	put_field(&b, "unread", FORM_SIGNED, 0, 0); /* in ours it is a FORM_NUMBER */
	put_shape(&b, "stall", 1);
	put_field(&b, "stall", FORM_PART, 0, 2);
	put_shape(&b, "stalled", 2);
	put_field(&b, "row", FORM_PART, 0, 3);
	put_field(&b, "elapsed_ns", FORM_NUMBER, 0, 0);
	bytes_number(&b, 2); /* sections */
	put_text(&b, "rain");
	bytes_number(&b, 1);
	put_text(&b, "stall");
	bytes_number(&b, 4);
	return b;
}

static struct description *read_bytes(const struct bytes *b)
{
	struct taking from = {.at = b->data, .end = b->data + b->len};

	return description_read(&from);
}

/* A section of it: a stall of two connections. */
static struct bytes stall(unsigned unit)
{
	struct bytes b = {0};

	bytes_number(&b, 7); /* fd */
	bytes_number(&b, 2); /* drops */
	bytes_number(&b, 300);
	bytes_number(&b, 1);
	put_text(&b, "blue");
	bytes_number(&b, unit);
	put_text(&b, "a name that is longer than any of ours");
	bytes_signed(&b, -5);
	bytes_number(&b, 1ull << 63);
	return b;
}

static enum decoded read_stall(struct description *d, struct bytes *b, struct recorded_stall *to)
{
	struct taking from = {.at = b->data, .end = b->data + b->len};
	enum decoded decoded;

	memset(to, 0, sizeof(*to));
	decoded = description_decode(d, 1, &from, to);
	bytes_free(b);
	return decoded;
}

static void what_both_have_is_read_by_its_name(void **state)
{
	struct bytes b = describe(), section = stall(1);
	struct description *d = read_bytes(&b);
	struct recorded_stall read;

	(void)state;
	assert_non_null(d);
	assert_int_equal(d->sections[0].ours, N_SECTIONS);
	assert_int_equal(d->sections[1].ours, SECTION_STALL);
	assert_int_equal(read_stall(d, &section, &read), DECODED);
	assert_int_equal(read.row.stall.fd, 7);
	assert_int_equal(read.row.stall.unit, UNREAD_CONNECTIONS);
	assert_string_equal(read.row.stall.comm, "a name that is ");
	assert_int_equal(read.row.stall.unread, 0);
	assert_int_equal(read.row.stall.tid, 0);
	assert_true(read.elapsed_ns == 1ull << 63);
	description_free(d);
	bytes_free(&b);
}

static void what_has_no_name_here_is_strange(void **state)
{
	struct bytes b = describe(), puddles = stall(0), none = stall(3), huge = stall(-1);
	struct description *d = read_bytes(&b);
	struct recorded_stall read;

	(void)state;
	assert_int_equal(read_stall(d, &puddles, &read), DECODED_STRANGE);
	assert_int_equal(read_stall(d, &none, &read), DECODED_STRANGE);
	assert_int_equal(read_stall(d, &huge, &read), DECODED_STRANGE);
	description_free(d);
	bytes_free(&b);
}

static void a_section_has_its_bytes_and_no_more(void **state)
{
	struct bytes b = describe(), more = stall(1);
	struct description *d = read_bytes(&b);
	struct recorded_stall read;

	(void)state;
	bytes_number(&more, 0);
	assert_int_equal(read_stall(d, &more, &read), DECODED_BROKEN);
	for (size_t len = 0;; len++) {
		struct bytes less = stall(1);

		if (len == less.len) {
			bytes_free(&less);
			break;
		}
		less.len = len;
		assert_int_equal(read_stall(d, &less, &read), DECODED_BROKEN);
	}
	description_free(d);
	bytes_free(&b);
}

static void a_description_that_is_cut_is_none(void **state)
{
	struct bytes b = describe();
	size_t whole = b.len;

	(void)state;
	for (b.len = 0; b.len < whole; b.len++)
		assert_null(read_bytes(&b));
	bytes_number(&b, 0);
	assert_null(read_bytes(&b));
	bytes_free(&b);
}

/* No names; shapes as they are put; no sections. */
static struct description *read_shapes(unsigned n, struct bytes *shapes)
{
	struct bytes b = {0};
	struct description *d;

	bytes_number(&b, 0);
	bytes_number(&b, n);
	bytes_add(&b, shapes->data, shapes->len);
	bytes_number(&b, 0);
	d = read_bytes(&b);
	bytes_free(&b);
	bytes_free(shapes);
	return d;
}

static void a_shape_takes_bytes_and_is_not_in_itself(void **state)
{
	struct bytes itself = {0}, nothing = {0}, later = {0}, unknown = {0}, fine = {0};
	struct description *d;

	(void)state;
	put_shape(&itself, "unread", 1);
	put_field(&itself, "x", FORM_PART, 0, 1);
	assert_null(read_shapes(1, &itself));
	put_shape(&nothing, "unread", 0);
	assert_null(read_shapes(1, &nothing));
	put_shape(&later, "unread", 1);
	put_field(&later, "x", FORM_PART, 0, 2);
	put_shape(&later, "stall", 1);
	put_field(&later, "x", FORM_NUMBER, 0, 0);
	assert_null(read_shapes(2, &later));
	put_shape(&unknown, "unread", 1);
	put_field(&unknown, "x", N_FORMS, 0, 0);
	assert_null(read_shapes(1, &unknown));
	put_shape(&fine, "unread", 1);
	put_field(&fine, "x", FORM_NUMBER, 0, 0);
	d = read_shapes(1, &fine);
	assert_non_null(d);
	description_free(d);
}

static void numbers_of_any_size_are_read_as_written(void **state)
{
	static const __u64 numbers[] = {0, 1, 127, 128, 1ull << 32, ~0ull >> 1, ~0ull};
	struct bytes b = {0};
	struct taking from;

	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		bytes_number(&b, numbers[i]);
		bytes_signed(&b, numbers[i]);
	}
	from = (struct taking){.at = b.data, .end = b.data + b.len};
	for (unsigned i = 0; i < 7; i++) {
		assert_true(take_number(&from) == numbers[i]);
		assert_true(take_signed(&from) == (__s64)numbers[i]);
	}
	assert_true(from.at == from.end && !from.broken);
	assert_int_equal(take_number(&from), 0);
	assert_true(from.broken);
	bytes_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_both_have_is_read_by_its_name),
		cmocka_unit_test(what_has_no_name_here_is_strange),
		cmocka_unit_test(a_section_has_its_bytes_and_no_more),
		cmocka_unit_test(a_description_that_is_cut_is_none),
		cmocka_unit_test(a_shape_takes_bytes_and_is_not_in_itself),
		cmocka_unit_test(numbers_of_any_size_are_read_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
