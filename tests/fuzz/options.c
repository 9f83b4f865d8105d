// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The options that the commands share, an argument a line. */
#include <assert.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream_options.h"
#include "subject.h"

#define MAX_ARGS 32

const char *__asan_default_options(void); /* NOLINT(bugprone-reserved-identifier) */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct asked {
	struct address_options address;
	struct server_options server;
	struct load_options load;
	struct output_options out;
	struct subject subjects[2];
	unsigned n_subjects;
};

static jmp_buf refused;

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
	longjmp(refused, 1);
}

/* What an option let through is within its bounds, and what goes together was looked at. */
static void check(struct argp_state *state, struct asked *a)
{
	struct subject *first = &a->subjects[0];

	assert(a->address.port <= 65535);
	assert(a->load.conns >= 1 && a->load.conns <= MAX_CONNS);
	assert(a->load.size >= 1 && a->load.depth >= 1 && a->load.burst >= 1);
	assert(a->load.rate > 0 && a->load.timeout > 0 && a->load.seconds >= 0);
	assert(a->server.read_size >= 1 && a->server.read_size <= SERVER_READ_MAX);
	assert(a->out.interval > 0 && a->out.sink);
	if (!a->n_subjects)
		return;
	a->load.transport = first->model->transport;
	for (unsigned i = 0; i < a->n_subjects; i++)
		subject_check(state, &a->subjects[i], first, &a->server);
	load_options_check(state, &a->load);
	conns_check(state, first->model, &a->load);
	datagrams_check(state, first->model, first->server.read_size, &a->load);
	assert(a->load.active <= a->load.conns && a->load.fragment <= a->load.size);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct asked *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &a->load;
		state->child_inputs[1] = &a->server;
		state->child_inputs[2] = &a->address;
		state->child_inputs[3] = &a->out;
		return 0;
	case ARGP_KEY_ARG:
		if (a->n_subjects < 2)
			subject_parse(state, &a->subjects[a->n_subjects++], arg);
		return 0;
	case ARGP_KEY_END:
		check(state, a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{.argp = &load_argp},
	{.argp = &server_argp},
	{.argp = &address_argp},
	{.argp = &stream_argp},
	{0},
};
static const struct argp argp = {.parser = parse, .children = children};

static void feed(int argc, char **argv)
{
	static struct asked a;

	a = (struct asked){.address = {"127.0.0.1", SERVER_PORT}};
	server_options_init(&a.server);
	load_options_init(&a.load);
	output_options_init(&a.out);
	if (!setjmp(refused))
		argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *argv[MAX_ARGS + 2] = {"wakelab"};
	int argc = 1;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	while (rest && argc <= MAX_ARGS)
		argv[argc++] = strsep(&rest, "\n");
	argv[argc] = NULL;
	feed(argc, argv);
	free(text);
	return 0;
}
