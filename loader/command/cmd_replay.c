// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab replay: what was recorded of a run, or of several. */
#include <err.h>
#include <signal.h>

#include "brief_write.h"
#include "command.h"
#include "compare_replay.h"
#include "replay_draw.h"
#include "replay_live.h"
#include "stream_options.h"

struct replay_command {
	struct replay replay;
	const struct compare_view *view; /* the same, of comparisons */
	char *paths[MAX_SUBJECTS];
	unsigned n;
};

static const struct option_row rows[] = {
#define REPLAY_OPTION(...) OPTION_ROW(struct replay, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(REPLAY, rows);

/* An option that is given, and says nothing of a comparison; NULL: there is none. */
static const char *option_of_runs(const struct replay *r, bool several)
{
	if (r->from > 0)
		return "--from";
	if (r->to > 0 && !several)
		return "--to";
	if (r->interval > 0)
		return "--interval";
	if (r->out.wish.events.kinds)
		return "--events";
	if (r->out.live)
		return "--live";
	if (r->out.summary)
		return "--summary";
	if (r->out.top_given)
		return "--top";
	return r->out.all_findings ? "--all-findings" : NULL;
}

static void check(struct argp_state *state, struct replay_command *cmd)
{
	struct replay *r = &cmd->replay;
	const char *option = option_of_runs(r, true);

	if (!cmd->n)
		argp_error(state, "which recording? \"wakelab run --record FILE\" makes one");
	if (r->to > 0 && r->from >= r->to)
		argp_error(state, "--from %.10g is not before --to %.10g", r->from, r->to);
	if (cmd->n > 1 && option && !r->out.draw)
		argp_error(
			state,
			"%s does not apply to several recordings: only their totals are compared",
			option);
	if (r->out.live && r->interval > 0)
		argp_error(state, "--interval does not apply to --live, which shows every moment");
	live_options_check(state, &r->out);
	explain_check(state, &r->out, true);
	draw_options_check(state, &r->out);
	if (r->out.draw && r->interval > 0)
		argp_error(state, "--interval does not apply to --draw, which draws every event");
	cmd->view = compare_view_find(r->out.sink->name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct replay_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (cmd->n == MAX_SUBJECTS)
			argp_error(
				state,
				"unexpected argument \"%s\": at most %d recordings can be compared",
				arg, MAX_SUBJECTS);
		cmd->paths[cmd->n++] = arg;
		return 0;
	case ARGP_KEY_END:
		check(state, cmd);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void read_command_line(struct replay_command *cmd, int argc, char **argv)
{
	const struct reading reading = {.command = "replay",
					.uses = {{&group, &cmd->replay},
						 {&told_group, &cmd->replay.out},
						 {&show_group, &cmd->replay.out},
						 {&output_group, &cmd->replay.out}},
					.arguments = parse,
					.input = cmd};

	output_options_init(&cmd->replay.out);
	options_read(&reading, argc, argv);
}

/* A single recording, of a run or of a comparison. */
static int show(const struct replay_command *cmd)
{
	struct recording *r = recording_open(cmd->paths[0]);
	const char *option = option_of_runs(&cmd->replay, false);
	int status = EXIT_USAGE;

	if (!r)
		return EXIT_FAILED;
	if (!recording_is_of_comparison(r))
		status = (cmd->replay.out.live ? replay_live : replay_run)(&cmd->replay, r);
	else if (!option)
		status = compare_replay(&cmd->replay, cmd->view, r);
	else
		warnx("%s does not apply to %s, which is the recording of a comparison", option,
		      cmd->paths[0]);
	recording_close(r);
	return status;
}

int cmd_replay(int argc, char **argv)
{
	struct replay_command cmd = {.n = 0};
	struct sigaction before;
	int status;

	read_command_line(&cmd, argc, argv);
	status = live_options_apply(&cmd.replay.out);
	if (!status)
		status = draw_options_apply(&cmd.replay.out);
	if (status)
		return status;
	brief_signal(&before);
	signal(SIGPIPE, SIG_IGN);
	if (cmd.replay.out.draw)
		return replay_draw(&cmd.replay, cmd.paths, cmd.n);
	if (cmd.n == 1)
		return show(&cmd);
	return compare_recordings(&cmd.replay, cmd.view, cmd.paths, cmd.n);
}
