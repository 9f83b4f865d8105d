// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Who calls what: one small server, built in every way that changes how its calls look, then files
 * that are broken in every way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "callers.h"

#define X86_64 "x86_64-linux-gnu-gcc"
#define ARM64  "aarch64-linux-gnu-gcc"

static const char source[] =
	"#include <fcntl.h>\n"
	"#include <sys/socket.h>\n"
	"#include <unistd.h>\n"
	"#define ALONE __attribute__((noinline, noclone))\n"
	"ssize_t (*volatile pointer)(int, void *, size_t);\n"
	"char buf[64];\n"
	"ALONE ssize_t read_all(int fd, size_t n) { return n ? read(fd, buf, n) + 1 : 0; }\n"
	"ALONE static void serve(int fd) { if (read(fd, buf, 9) > 0) write(fd, buf, 9); }\n"
	"ALONE int take(int fd) { return accept(fd, 0, 0); }\n"
	"ALONE int one(int fd) { return close(fd) + 1; }\n"
	"ALONE int two(int fd) { return close(fd) + 2; }\n"
	"ALONE int three(int fd) { return close(fd) + 3; }\n"
	"int main(int argc, char **argv)\n"
	"{\n"
	"	int fd = take(argc);\n"
	"#ifdef POINTER\n"
	"	pointer = read;\n"
	"#endif\n"
	"#ifdef CLOSES\n"
	"	close(fd);\n"
	"#endif\n"
	"	serve(fd);\n"
	"	fcntl(fd, F_SETFL, 0);\n"
	"	return read_all(fd, argc) + one(fd) + two(fd) + three(fd);\n"
	"}\n";

/* The functions stay in the order of the source. */
static const struct {
	const char *compiler, *flags;
} builds[] = {
	{X86_64, "-O0"},
	{X86_64, "-O2 -fno-toplevel-reorder -D_FORTIFY_SOURCE=2 -D_FILE_OFFSET_BITS=64"},
	{X86_64, "-fno-pie -no-pie"},
	{X86_64, "-fno-pie -no-pie -DPOINTER"},
	{X86_64, "-fpie -pie -DPOINTER"},
	{X86_64, "-fcf-protection=full -Wl,-z,ibtplt"},
	{X86_64, "-fcf-protection=full -Wl,-z,ibtplt -DPOINTER -Wl,-z,now"},
	{X86_64, "-fno-plt -O2 -fno-toplevel-reorder"},
	{X86_64, "-static"},
	{X86_64, "-static -O2 -fno-toplevel-reorder -D_FORTIFY_SOURCE=2"},
	{X86_64, "-static-pie"},
	{ARM64, "-O0"},
	{ARM64, "-O2 -fno-toplevel-reorder -D_FORTIFY_SOURCE=2 -D_FILE_OFFSET_BITS=64"},
	{ARM64, "-fno-pie -no-pie -DPOINTER"},
	{ARM64, "-fno-pie -no-pie -mbranch-protection=standard -Wl,-z,force-bti"},
	{ARM64, "-static -O2 -fno-toplevel-reorder -D_FORTIFY_SOURCE=2"},
};

static const struct {
	const char *call, *callers;
} answers[] = {
	{"read", "read_all(), serve()"},
	{"write", "serve()"},
	{"accept", "take()"},
	{"accept4", ""},
	{"rea", ""},
};

static char folder[] = "/tmp/wakelab-callers-XXXXXX";

/* A path in the folder; stays until the next. */
static const char *path(const char *name)
{
	static char buf[128];

	snprintf(buf, sizeof(buf), "%s/%s", folder, name);
	return buf;
}

static void put(const char *name, const char *bytes, size_t size)
{
	FILE *f = fopen(path(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static char *get(const char *name, size_t *size)
{
	FILE *f = fopen(path(name), "r");
	struct stat st;
	char *bytes;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	bytes = malloc(st.st_size);
	assert_non_null(bytes);
	*size = fread(bytes, 1, st.st_size, f);
	assert_int_equal(*size, st.st_size);
	fclose(f);
	return bytes;
}

static void build(const char *compiler, const char *flags)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "cd %s && { %s -w %s -o server server.c >log 2>&1 || { cat log; false; }; }",
		 folder, compiler, flags);
	if (system(command))
		fail_msg("cannot build with: %s", command);
}

static void expect(const char *name, const char *call, const char *callers)
{
	char text[64];
	bool found = callers_find(path(name), call, text, sizeof(text));

	assert_string_equal(text, callers);
	assert_int_equal(found, *callers != '\0');
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	put("server.c", source, strlen(source));
	return 0;
}

static int remove_folder(void **state)
{
	static const char *const files[] = {"server.c", "server", "broken", "log"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(path(files[i]));
	return rmdir(folder);
}

static void names_the_callers_however_it_is_built(const char *compiler)
{
	char command[64];

	snprintf(command, sizeof(command), "command -v %s >/dev/null", compiler);
	if (system(command)) {
		print_message("no %s\n", compiler);
		skip();
	}
	for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
		if (strcmp(builds[i].compiler, compiler) != 0)
			continue;
		build(compiler, builds[i].flags);
		print_message("%s\n", builds[i].flags);
		for (size_t j = 0; j < sizeof(answers) / sizeof(answers[0]); j++)
			expect("server", answers[j].call, answers[j].callers);
	}
}

static void names_the_callers_on_x86_64(void **state)
{
	(void)state;
	names_the_callers_however_it_is_built(X86_64);
}

static void names_the_callers_on_arm64(void **state)
{
	(void)state;
	names_the_callers_however_it_is_built(ARM64);
}

static void names_three_at_most(void **state)
{
	(void)state;
	build("cc", "-O0");
	expect("server", "close", "one(), two(), three()");
	expect("server", "fcntl", "main()");
	build("cc", "-O0 -DCLOSES");
	expect("server", "close", "one(), two(), three(), ...");
}

static void a_checked_or_wide_form_is_the_same_call(void **state)
{
	(void)state;
	build("cc", "-O2 -D_FORTIFY_SOURCE=2 -D_FILE_OFFSET_BITS=64");
	expect("server", "__read_chk", "read_all()");
	expect("server", "fcntl", "main()");
}

/* Finds the name in .strtab and in the sections of the source's language, and replaces it. */
static void rename_all(const char *name, const char *other)
{
	size_t size, len = strlen(name), renamed = 0;
	char *bytes = get("server", &size);

	assert_int_equal(strlen(other), len);
	for (size_t i = 0; i + len <= size; i++)
		if (!memcmp(bytes + i, name, len)) {
			memcpy(bytes + i, other, len);
			renamed++;
		}
	assert_true(renamed);
	put("broken", bytes, size);
	free(bytes);
}

static void a_name_is_made_visible_and_split_parts_are_whole(void **state)
{
	(void)state;
	build("cc", "-O0");
	rename_all("read_all", "\033[31mred");
	expect("broken", "read", "\\x1b[31mred(), serve()");
	rename_all("read_all", "serve.01");
	expect("broken", "read", "serve()");
	rename_all("read_all", "._read_a");
	expect("broken", "read", "serve()");
}

static void what_does_not_fit_is_left_out(void **state)
{
	char *text = malloc(11);

	(void)state;
	build("cc", "-O0");
	assert_true(callers_find(path("server"), "read", text, 11));
	assert_string_equal(text, "read_all()");
	assert_false(callers_find(path("server"), "read", text, 10));
	assert_string_equal(text, "");
	assert_false(callers_find(path("server"), "read", text, 1));
	assert_string_equal(text, "");
	free(text);
}

static void nobody_is_found_in_what_is_no_program_with_names(void **state)
{
	static const char script[] = "#!/usr/bin/python3\nimport os\nos.read(0, 1)\n";

	(void)state;
	build("cc", "-O0 -s");
	expect("server", "read", "");
	build("cc", "-O0 -static -s");
	expect("server", "read", "");
	build("cc", "-O0 -c");
	expect("server", "read", "");
	put("broken", script, strlen(script));
	expect("broken", "read", "");
	put("broken", "", 0);
	expect("broken", "read", "");
	put("broken", "!<arch>\n", 8);
	expect("broken", "read", "");
	expect("none", "read", "");
	expect(".", "read", "");
}

/* Whatever the bytes are, there is an answer, and it is a text. */
static void survives(const char *bytes, size_t size)
{
	static const char *const calls[] = {"read", "close"};

	put("broken", bytes, size);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		char *text = malloc(64);
		bool found = callers_find(path("broken"), calls[i], text, 64);

		assert_int_equal(found, strnlen(text, 64) != 0);
		assert_true(strnlen(text, 64) < 64);
		free(text);
	}
}

static void survives_every_length(void **state)
{
	size_t size;
	char *bytes;

	(void)state;
	build("cc", "-O0");
	bytes = get("server", &size);
	for (size_t len = 0; len < size; len += len < 80 ? 1 : 1 + size / 100)
		survives(bytes, len);
	free(bytes);
}

/* The same numbers in every run. */
static size_t random_below(size_t limit)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (state >> 33) % limit;
}

/* Half of the changes hit the headers of the file or of the sections, which lie at its end. */
static void mutate(char *bytes, size_t size)
{
	static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
	size_t at = random_below(size);

	if (random_below(4) == 0)
		at = random_below(64);
	else if (random_below(3) == 0)
		at = size - 1 - random_below(2048);
	bytes[at] = random_below(2) ? values[random_below(sizeof(values))] : random_below(256);
}

static void survives_mutations_of(const char *flags, unsigned rounds)
{
	size_t size;
	char *bytes, *other;

	build("cc", flags);
	bytes = get("server", &size);
	other = malloc(size);
	assert_non_null(other);
	for (unsigned i = 0; i < rounds; i++) {
		memcpy(other, bytes, size);
		for (size_t n = 1 + random_below(20); n; n--)
			mutate(other, size);
		survives(other, size);
	}
	free(other);
	free(bytes);
}

static void survives_mutations(void **state)
{
	(void)state;
	survives_mutations_of("-O0", 200);
	survives_mutations_of("-O0 -fno-plt -fcf-protection=none", 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_callers_on_x86_64),
		cmocka_unit_test(names_the_callers_on_arm64),
		cmocka_unit_test(names_three_at_most),
		cmocka_unit_test(a_checked_or_wide_form_is_the_same_call),
		cmocka_unit_test(a_name_is_made_visible_and_split_parts_are_whole),
		cmocka_unit_test(what_does_not_fit_is_left_out),
		cmocka_unit_test(nobody_is_found_in_what_is_no_program_with_names),
		cmocka_unit_test(survives_every_length),
		cmocka_unit_test(survives_mutations),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
