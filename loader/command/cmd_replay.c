// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab replay: what was recorded of a run. */
#include <signal.h>

#include "brief_write.h"
#include "command.h"
#include "replay.h"
#include "stream_options.h"

struct replay_command {
	struct replay replay;
	const char *path;
};

static const struct option_row rows[] = {
#define REPLAY_OPTION(...) OPTION_ROW(struct replay, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(REPLAY, rows);

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct replay_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (cmd->path)
			argp_error(state, "unexpected argument \"%s\": give one recording", arg);
		cmd->path = arg;
		return 0;
	case ARGP_KEY_END:
		if (!cmd->path)
			argp_error(state,
				   "which recording? \"wakelab run --record FILE\" makes one");
		if (cmd->replay.to > 0 && cmd->replay.from >= cmd->replay.to)
			argp_error(state, "--from %.10g is not before --to %.10g", cmd->replay.from,
				   cmd->replay.to);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void read_command_line(struct replay_command *cmd, int argc, char **argv)
{
	const struct reading reading = {.command = "replay",
					.uses = {{&group, &cmd->replay},
						 {&show_group, &cmd->replay.out},
						 {&output_group, &cmd->replay.out}},
					.arguments = parse,
					.input = cmd};

	output_options_init(&cmd->replay.out);
	options_read(&reading, argc, argv);
}

int cmd_replay(int argc, char **argv)
{
	struct replay_command cmd = {.path = NULL};
	struct recording *recording;
	struct sigaction before;
	int status;

	read_command_line(&cmd, argc, argv);
	brief_signal(&before);
	signal(SIGPIPE, SIG_IGN);
	recording = recording_open(cmd.path);
	if (!recording)
		return EXIT_FAILED;
	status = replay_run(&cmd.replay, recording);
	recording_close(recording);
	return status;
}
