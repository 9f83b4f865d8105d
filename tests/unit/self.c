// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What tracing itself took: sums, and how it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "format.h"
#include "ndjson.h"
#include "proc_field.h"
#include "table.h"

static struct self example = {
	.asked = true,
	.n_programs = 3,
	.n_maps = 7,
	.programs = {{.what = "a thread ends",
		      .hook = "sched_process_exit",
		      .name = "on_exit",
		      .runs = 3,
		      .ns = 4500},
		     {.what = "a socket becomes readable",
		      .hook = "sk_data_ready",
		      .name = "on_data_ready",
		      .runs = 1000,
		      .ns = 200000,
		      .missed = 2},
		     {.what = "a socket becomes readable",
		      .hook = "sk_data_ready",
		      .name = "on_data_ready_again",
		      .runs = 1000,
		      .ns = 100000,
		      .missed = 1}},
	.maps = {{"interests", 7 << 20},
		 {"sockets", 3 << 19},
		 {"tasks", 1024},
		 {"a", 512},
		 {"b", 100},
		 {"c", 10},
		 {"d", 2}},
	.start = {40000000, 60000000},
	.run = {2000000, 3000000},
	.ns = 2000000000,
	.rss = 9 << 20,
	.rss_most = 25 << 20,
};

static void bytes_are_told_in_powers_of_1024(void **state)
{
	(void)state;
	assert_string_equal(format_bytes(0), "0 B");
	assert_string_equal(format_bytes(1023), "1023 B");
	assert_string_equal(format_bytes(1024), "1.0 KiB");
	assert_string_equal(format_bytes(1536), "1.5 KiB");
	assert_string_equal(format_bytes(10 << 10), "10 KiB");
	assert_string_equal(format_bytes((1 << 20) - 1), "1.0 MiB");
	assert_string_equal(format_bytes(23 << 20), "23 MiB");
	assert_string_equal(format_bytes(1ull << 31), "2.0 GiB");
	assert_string_equal(format_bytes(1ull << 42), "4096 GiB");
}

static void what_is_not_known_makes_a_sum_unknown(void **state)
{
	struct self_program sum,
		rows[2] = {{.what = "", .hook = "", .name = "", .runs = 1, .ns = 2, .missed = 3},
			   {.what = "",
			    .hook = "",
			    .name = "",
			    .runs = 4,
			    .ns = 5,
			    .missed = SELF_UNKNOWN}};
	struct self self = example;

	(void)state;
	sum = self_programs(rows, 2);
	assert_int_equal(sum.runs, 5);
	assert_int_equal(sum.ns, 7);
	assert_true(sum.missed == SELF_UNKNOWN);
	assert_int_equal(self_maps_bytes(&self), (7 << 20) + (3 << 19) + 1648);
	self.maps[3].bytes = SELF_UNKNOWN;
	assert_true(self_maps_bytes(&self) == SELF_UNKNOWN);
	assert_int_equal(self_programs(rows, 0).runs, 0);
}

static void programs_of_a_hook_stand_together(void **state)
{
	(void)state;
	assert_int_equal(self_same_hook(example.programs, 3), 1);
	assert_int_equal(self_same_hook(example.programs + 1, 2), 2);
	assert_int_equal(self_same_hook(example.programs, 0), 0);
}

/* What the table says of it at that width, to be freed. */
static char *told(const struct self *self, const char *columns)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct layout l;

	setenv("COLUMNS", columns, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	layout_begin(&l, out, -1, false);
	table_self(&l, self);
	fclose(out);
	return text;
}

static const char table[] =
	"\n"
	"overhead of tracing                                      runs    total  per run   "
	"skipped\n"
	" a thread ends                                              3    4.5us    1.5us         "
	"0\n"
	" a socket becomes readable                              2 000    300us    150ns         "
	"3\n"
	"   on_data_ready                                        1 000    200us    200ns         "
	"2\n"
	"   on_data_ready_again                                  1 000    100us    100ns         "
	"1\n"
	" all programs                                           2 003    305us    152ns         "
	"3\n"
	"    A program runs at each of its events, in any task of the machine, and delays that "
	"task\n"
	"    meanwhile. skipped: it was already running on that CPU, so the kernel did not run it; "
	"events\n"
	"    missed as a result are counted in lost.\n"
	" start-up            100ms   CPU time before tracing began: user 40ms · system 60ms\n"
	" tracing             5.0ms   CPU time since then: user 2.0ms · system 3.0ms ·\n"
	"                             0.25 % of the time traced\n"
	" memory            9.0 MiB   resident now · 25 MiB at most\n"
	" maps              8.5 MiB   kernel memory of the BPF maps: interests 7.0 MiB · sockets "
	"1.5 MiB ·\n"
	"                             tasks 1.0 KiB · a 512 B · b 100 B · c 10 B · 1 smaller\n";

static void the_table_tells_all_of_it(void **state)
{
	char *text = told(&example, "100");

	(void)state;
	assert_string_equal(text, table);
	free(text);
}

static void the_table_fits(void **state)
{
	static const char *const widths[] = {"60", "72", "80", "132"};

	(void)state;
	for (unsigned i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		char *text = told(&example, widths[i]);

		assert_non_null(strstr(text, "on_data_ready_again"));
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			assert_true(columns_of(line) <= strtoul(widths[i], NULL, 10));
		free(text);
	}
}

/* Of a kernel that tells little, to a process that may not ask it to count. */
static struct self unknown(void)
{
	struct self self = example;

	for (unsigned i = 0; i < self.n_programs; i++)
		self.programs[i].runs = self.programs[i].ns = self.programs[i].missed =
			SELF_UNKNOWN;
	self.maps[0].bytes = self.rss = SELF_UNKNOWN;
	strcpy(self.why_not, "it takes CAP_SYS_ADMIN");
	return self;
}

static void what_is_not_known_is_told_as_such(void **state)
{
	struct self self = unknown();
	char *text = told(&self, "100");

	(void)state;
	assert_non_null(strstr(text,
			       "\n a thread ends                                              -"
			       "        -        -         -\n"));
	assert_non_null(strstr(text, "    How often and for how long they ran is not known: it "
				     "takes CAP_SYS_ADMIN.\n"));
	assert_non_null(strstr(text, "\n memory                  -   resident now · 25 MiB at"));
	assert_non_null(strstr(text, "\n maps                    -   kernel memory"));
	free(text);
}

static void nothing_is_told_that_was_not_asked_for(void **state)
{
	const struct self self = {0};
	struct json_object *o = json_object_new_object();
	char *text = told(&self, "100");

	(void)state;
	assert_string_equal(text, "");
	put_self(o, &self);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
			    "{\"self\":null}");
	json_object_put(o);
	free(text);
}

static void ndjson_has_numbers_or_null(void **state)
{
	struct self self = example;
	struct json_object *o = json_object_new_object();

	(void)state;
	self.n_programs = self.n_maps = 1;
	put_self(o, &self);
	assert_string_equal(
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		"{\"self\":{\"runs\":3,\"run_ns\":4500,\"missed\":0,\"why_not\":null,\"programs\":["
		"{\"hook\":\"sched_process_exit\",\"program\":\"on_exit\",\"runs\":3,\"run_ns\":"
		"4500,\"missed\":0}],\"start_cpu_ns\":{\"user\":40000000,\"system\":60000000},"
		"\"cpu_ns\":{\"user\":2000000,\"system\":3000000},\"traced_ns\":2000000000,"
		"\"cpu_share\":0.0025,\"rss_bytes\":9437184,\"rss_most_bytes\":26214400,"
		"\"maps_bytes\":7340032,\"maps\":[{\"name\":\"interests\",\"bytes\":7340032}]}}");
	json_object_put(o);
	self = unknown();
	self.n_programs = self.n_maps = 1;
	o = json_object_new_object();
	put_self(o, &self);
	assert_non_null(
		strstr(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		       "{\"self\":{\"runs\":null,\"run_ns\":null,\"missed\":null,\"why_not\":"
		       "\"it takes CAP_SYS_ADMIN\",\"programs\":[{\"hook\":"
		       "\"sched_process_exit\",\"program\":\"on_exit\",\"runs\":null,"));
	json_object_put(o);
}

static void a_field_of_proc_is_the_number_behind_its_name(void **state)
{
	char path[] = "/tmp/wakelab-field-XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");

	(void)state;
	assert_non_null(file);
	fputs("VmRSSs:\t1 kB\nVmRSS:\t    1234 kB\nflags:\tnone\nVmRSS:\t9 kB\n", file);
	fclose(file);
	assert_int_equal(proc_field(path, "VmRSS"), 1234);
	assert_true(proc_field(path, "VmHWM") == PROC_FIELD_UNKNOWN);
	assert_true(proc_field(path, "flags") == PROC_FIELD_UNKNOWN);
	unlink(path);
	assert_true(proc_field(path, "VmRSS") == PROC_FIELD_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_told_in_powers_of_1024),
		cmocka_unit_test(what_is_not_known_makes_a_sum_unknown),
		cmocka_unit_test(programs_of_a_hook_stand_together),
		cmocka_unit_test(the_table_tells_all_of_it),
		cmocka_unit_test(the_table_fits),
		cmocka_unit_test(what_is_not_known_is_told_as_such),
		cmocka_unit_test(nothing_is_told_that_was_not_asked_for),
		cmocka_unit_test(ndjson_has_numbers_or_null),
		cmocka_unit_test(a_field_of_proc_is_the_number_behind_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
