// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab run: a server of ours under load and under the tracer. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "finding_names.h"
#include "diagnosis.h"
#include "models.h"
#include "scenarios.h"
#include "stage.h"
#include "stream_options.h"
#include "stream_signals.h"

struct run_command {
	const struct io_model *model;
	struct address_options address;
	struct server_options server;
	struct load_options load;
	struct output_options out;
	const struct scenario *scenario; /* that was asked for; NULL: none */
};

/* It stands for what expand() puts in its place, and is left only if that does not see it. */
static void take_scenario(struct argp_state *state, const struct option_row *row, void *into,
			  char *arg)
{
	(void)into;
	argp_error(state, "write --%s %s in full, and only once", row->name, arg);
}

static const struct option_row rows[] = {
#define RUN_OPTION(...) OPTION_ROW(struct run_command, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(RUN, rows);

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (cmd->model)
			argp_error(state, "unexpected argument \"%s\": give one model", arg);
		cmd->model = option_model(state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!cmd->model)
			argp_error(state, "which model? \"wakelab models\" lists them");
		server_options_check(state, cmd->model, &cmd->server);
		/* argp_error() ends it. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		cmd->load.transport = cmd->model->transport;
		load_options_check(state, &cmd->load);
		live_options_check(state, &cmd->out);
		explain_check(state, &cmd->out, false);
		draw_options_check(state, &cmd->out);
		conns_check(state, cmd->model, &cmd->load);
		datagrams_check(state, cmd->model, cmd->server.read_size, &cmd->load);
		findings_check(state, cmd->out.flight.on);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void read_command_line(struct run_command *cmd, int argc, char **argv)
{
	const struct reading reading = {.command = "run",
					.uses = {{&group, cmd},
						 {&conns_group, &cmd->load},
						 {&shape_group, &cmd->load},
						 {&address_group, &cmd->address},
						 {&listen_group, &cmd->address},
						 {&server_group, &cmd->server},
						 {&told_group, &cmd->out},
						 {&events_group, &cmd->out},
						 {&stream_group, &cmd->out},
						 {&show_group, &cmd->out},
						 {&output_group, &cmd->out},
						 {&hooks_group, &cmd->out},
						 {&record_group, &cmd->out},
						 {&flight_group, &cmd->out.flight}},
					.arguments = parse,
					.input = cmd};

	output_options_init(&cmd->out);
	options_read(&reading, argc, argv);
	cmd->load.address = cmd->server.address = cmd->address.address;
	cmd->server.port = cmd->address.port;
}

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
	stream_signals(&st, &before);
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
	char hint[64];

	if (!wide)
		err(EXIT_FAILED, "cannot allocate memory for the arguments of a scenario");
	while (at < *argc && !(name = scenario_asked(argv + at, &n)))
		at++;
	s = name ? scenario_find(name) : NULL;
	if (name && !s) {
		warnx("unknown scenario \"%s\"; %s\"wakelab scenarios\" lists them", name,
		      name_hint(scenario_nearest(name)->name, name, hint, sizeof(hint)));
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
	struct run_command cmd = {0};
	char **drawn = draw_arguments(&argc, argv);
	char **wide = drawn ? expand(&argc, drawn, &cmd.scenario) : NULL;
	int unable;

	free(drawn);
	if (!wide)
		return EXIT_USAGE;
	read_command_line(&cmd, argc, wide);
	free(wide);
	unable = live_options_apply(&cmd.out);
	if (!unable)
		unable = draw_options_apply(&cmd.out);
	if (!unable)
		unable = diagnose_for("run");
	if (unable)
		return unable;
	address_say_public(&cmd.address);
	return run(&cmd);
}
