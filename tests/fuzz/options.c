// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The command lines of all commands, an argument a line, the command first. What a command would do
 * then is not done. */
#include <assert.h>
#include <dlfcn.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "reading.h"

#define MAX_ARGS 32

const char *__asan_default_options(void); /* NOLINT(bugprone-reserved-identifier) */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static jmp_buf over;

/* What argp has allocated is lost with the jump. */
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

/* In the place of the C library's, which ends the program. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
void argp_error(const struct argp_state *state, const char *format, ...)
{
	char line[4096];
	va_list args;

	(void)state;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	longjmp(over, 1);
}

/* The same: --help would end it. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
void argp_state_help(const struct argp_state *state, FILE *stream, unsigned flags)
{
	(void)state;
	(void)stream;
	(void)flags;
	longjmp(over, 1);
}

static uint64_t value_of(const struct option_row *row, const void *into)
{
	const char *at = (const char *)into + row->at;

	return row->size == sizeof(uint64_t) ? *(const uint64_t *)at : *(const unsigned *)at;
}

/* What an option let through is within its bounds; 0 is what holds where one was not given. */
static void check(const struct option_row *row, const void *into)
{
	uint64_t value;
	double real;

	if (row->kind == KIND_NUMBER) {
		value = value_of(row, into) / (row->scale ? row->scale : 1);
		assert(!value || (value >= row->min && (!row->max || value <= row->max)));
	} else if (row->kind == KIND_REAL) {
		real = *(const double *)((const char *)into + row->at);
		assert(real == 0 || (real >= row->low && real <= row->high));
	}
}

static void check_all(const struct reading *r)
{
	for (unsigned i = 0; i < N_GROUPS && r->uses[i].group; i++)
		for (unsigned j = 0; j < r->uses[i].group->n; j++)
			check(&r->uses[i].group->rows[j], r->uses[i].into);
}

/* In the place of the C library's, which it calls: a command goes no further. */
error_t argp_parse(const struct argp *restrict argp, int argc, char **restrict argv, unsigned flags,
		   int *restrict index, void *restrict input)
{
	static error_t (*parse)(const struct argp *, int, char **, unsigned, int *, void *);

	if (!parse)
		*(void **)&parse = dlsym(RTLD_NEXT, "argp_parse");
	if (!parse(argp, argc, argv, flags | ARGP_NO_ERRS | ARGP_NO_EXIT, index, input))
		check_all(input);
	longjmp(over, 1);
}

static void feed(int argc, char **argv)
{
	command_function *command = command_find(argv[0]);

	if (command && !setjmp(over))
		command(argc, argv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *argv[MAX_ARGS + 1];
	int argc = 0;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	while (rest && argc < MAX_ARGS)
		argv[argc++] = strsep(&rest, "\n");
	argv[argc] = NULL;
	feed(argc, argv);
	free(text);
	return 0;
}
