// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab run: a server of ours under load and under the tracer. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "diagnosis.h"
#include "scenarios.h"
#include "stage.h"
#include "stream_options.h"

struct run_command {
	const struct io_model *model;
	struct address_options address;
	struct server_options server;
	struct load_options load;
	struct output_options out;
	const struct scenario *scenario; /* that was asked for; NULL: none */
};

static const struct argp_child children[] = {
	{.argp = &load_argp, .header = "Load:", .group = 1},
	{.argp = &server_argp, .group = 2},
	{.argp = &address_argp, .group = 2},
	{.argp = &stream_argp, .header = "Output:", .group = 3},
	{0},
};

enum { KEY_SCENARIO = 0x700 };

/* The option is replaced by what it stands for, see expand(). */
static const struct argp_option options[] = {
	{.name = "scenario",
	 .key = KEY_SCENARIO,
	 .arg = "NAME",
	 .doc = "a run that has a name, instead of MODEL: \"wakelab scenarios\" lists them. It "
		"comes first, options behind it change it",
	 .group = 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &cmd->load;
		state->child_inputs[1] = &cmd->server;
		state->child_inputs[2] = &cmd->address;
		state->child_inputs[3] = &cmd->out;
		return 0;
	case KEY_SCENARIO:
		argp_error(state, "give it as --scenario %s, once", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (cmd->model)
			argp_error(state, "one model at a time: \"%s\" is one too many", arg);
		cmd->model = option_model(state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!cmd->model)
			argp_error(state, "which model? \"wakelab models\" lists them");
		server_options_check(state, cmd->model, &cmd->server);
		/* argp_error() ends it. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		cmd->load.transport = cmd->model->transport;
		load_options_check(state, &cmd->load);
		conns_check(state, cmd->model, &cmd->load);
		datagrams_check(state, cmd->model, cmd->server.read_size, &cmd->load);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "MODEL\n--scenario NAME",
	.doc = "Run one echo server under load, trace it, and stream what the kernel saw. Without "
	       "--messages or --seconds it runs until Ctrl-C. Needs privileges; server and client "
	       "run as the user who called sudo.\vEXAMPLES:\n  sudo wakelab run epoll-et\n  sudo "
	       "wakelab run --scenario et-no-drain\n  sudo wakelab run epoll-lt --conns 1 "
	       "--messages 1000 --read-size 16\n  sudo wakelab run sigio --seconds 5 --format "
	       "ndjson -o sigio.ndjson\n  sudo wakelab run poll --conns 100 --mode open --rate "
	       "5000",
	.children = children,
};

static int run(const struct run_command *cmd)
{
	struct stage stage = {.model = cmd->model, .server = cmd->server, .load = cmd->load};
	struct stream st = {
		.out = cmd->out,
		.target = CHILD_NONE,
		.client = CHILD_NONE,
		.groups = true,
		.info = {.command = "run", .look_at = cmd->scenario ? cmd->scenario->shows : NULL}};
	struct signals before;

	if (stream_open(&st))
		return EXIT_FAILED;
	stream_signals(&before, true);
	return stream_close(&st, stage_run(&stage, &st, &before));
}

/* The scenario that "--scenario=NAME", or "--scenario" and the next argument, asks for, and how
 * many arguments that takes; NULL: arg asks for none. */
static const char *scenario_asked(char *const *arg, int *n)
{
	static const char option[] = "--scenario";
	const char *rest = arg[0] + strlen(option);

	/* One of argv. NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
	if (strncmp(arg[0], option, strlen(option)))
		return NULL;
	*n = *rest == '=' ? 1 : 2;
	return *rest == '=' ? rest + 1 : *rest ? NULL : arg[1];
}

/*
 * Puts the arguments of the scenario that is asked for in front of all others, so that
 * these change it. Gives the new argv, to be freed, and which scenario it is, if any; NULL after
 * one line on stderr.
 */
static char **expand(int *argc, char **argv, const struct scenario **asked)
{
	char **wide = calloc(*argc + SCENARIO_ARGS + 1, sizeof(*wide));
	const struct scenario *s;
	const char *name = NULL;
	int at = 1, n = 0, to = 1;

	if (!wide)
		err(EXIT_FAILED, "cannot read the arguments");
	while (at < *argc && !(name = scenario_asked(argv + at, &n)))
		at++;
	s = name ? scenario_find(name) : NULL;
	if (name && !s) {
		warnx("there is no scenario \"%s\"; did you mean %s? \"wakelab scenarios\" lists "
		      "them",
		      name, scenario_nearest(name)->name);
		free(wide);
		return NULL;
	}
	wide[0] = argv[0];
	for (unsigned i = 0; s && s->args[i]; i++)
		wide[to++] = (char *)s->args[i];
	for (int i = 1; i < *argc; i++)
		if (!s || i < at || i >= at + n)
			wide[to++] = argv[i];
	*argc = to;
	*asked = s;
	return wide;
}

int cmd_run(int argc, char **argv)
{
	struct run_command cmd = {.address = {"127.0.0.1", SERVER_PORT}};
	char **wide = expand(&argc, argv, &cmd.scenario);
	int unable;

	if (!wide)
		return EXIT_USAGE;
	server_options_init(&cmd.server);
	load_options_init(&cmd.load);
	output_options_init(&cmd.out);
	argp_parse(&argp, argc, wide, 0, NULL, &cmd);
	free(wide);
	cmd.load.address = cmd.server.address = cmd.address.address;
	cmd.server.port = cmd.address.port;
	unable = diagnose_for("run");
	if (unable)
		return unable;
	address_say_public(&cmd.address);
	return run(&cmd);
}
