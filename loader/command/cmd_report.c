// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab report: recordings as a page for a browser. */
#include "command.h"
#include "reading.h"
#include "report.h"

struct report_command {
	const char *output;
	char *paths[MOST_REPORTED];
	unsigned n;
};

static const struct option_row rows[] = {
#define REPORT_OPTION(...) OPTION_ROW(struct report_command, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(REPORT, rows);

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct report_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (cmd->n == MOST_REPORTED)
			argp_error(state,
				   "unexpected argument \"%s\": a page shows at most %d recordings",
				   arg, MOST_REPORTED);
		cmd->paths[cmd->n++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!cmd->n)
			argp_error(state,
				   "which recording? \"wakelab run --record FILE\" makes one");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_report(int argc, char **argv)
{
	struct report_command cmd = {.n = 0};

	options_read(&(struct reading){.command = "report",
				       .uses = {{&group, &cmd}},
				       .arguments = parse,
				       .input = &cmd},
		     argc, argv);
	return report_write(cmd.paths, cmd.n, cmd.output);
}
