// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab trace: any program, from its first instruction, or from now on. */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "finding_names.h"
#include "diagnosis.h"
#include "program.h"
#include "stream_options.h"
#include "terminal.h"
#include "tracing.h"
#include "visible.h"

struct trace_command {
	struct targets targets;
	char **argv; /* of the command, NULL: trace the processes */
	struct user_option as;
	bool kill_on_exit;
	double seconds;
	struct output_options out;
};

static void refuse(struct argp_state *state, const struct option_row *row, const char *arg,
		   const char *wrong)
{
	if (wrong)
		argp_error(state, "invalid --%s \"%s\": %s", row->name, arg, wrong);
}

static void take_pids(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	struct trace_command *cmd = into;

	refuse(state, row, arg, processes_add(&cmd->targets.processes, arg));
}

static void take_comm(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	struct trace_command *cmd = into;

	refuse(state, row, arg, targets_add_glob(&cmd->targets, arg));
}

static void take_port(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	struct trace_command *cmd = into;
	uint64_t port;

	if (option_number(row, arg, &port))
		refuse(state, row, arg, targets_add_port(&cmd->targets, (unsigned)port));
	else
		option_refuse(state, row, arg);
}

static void take_cgroup(struct argp_state *state, const struct option_row *row, void *into,
			char *arg)
{
	struct trace_command *cmd = into;

	refuse(state, row, arg, targets_add_group(&cmd->targets, arg));
}

static void take_unit(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	struct trace_command *cmd = into;

	refuse(state, row, arg, targets_add_unit(&cmd->targets, arg));
}

static const struct option_row rows[] = {
#define TRACE_OPTION(...) OPTION_ROW(struct trace_command, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(TRACE, rows);

/* What may be a pid behind those of -p: pidof prints several. */
static bool is_further(const struct trace_command *cmd, const struct argp_state *state,
		       const char *arg)
{
	return cmd->targets.processes.n && !state->quoted && *arg >= '0' && *arg <= '9';
}

static void check(struct trace_command *cmd, struct argp_state *state)
{
	const struct targets *t = &cmd->targets;

	live_options_check(state, &cmd->out);
	explain_check(state, &cmd->out, false);
	draw_options_check(state, &cmd->out);
	if (!cmd->argv == !targets_given(t))
		argp_error(state, "give either -p PID, --comm, --port, --cgroup or --unit, or "
				  "-- COMMAND [ARG...]");
	if (t->no_children && cmd->argv)
		argp_error(state, "--no-children requires processes that are running");
	if (t->later && !targets_arrive(t))
		argp_error(state, "--new requires --comm or --port");
	if (cmd->as.name && !cmd->argv)
		argp_error(state, "--user requires -- COMMAND");
	if (cmd->kill_on_exit && !cmd->argv)
		argp_error(state, "--kill-on-exit requires -- COMMAND");
	if (cmd->kill_on_exit && !proc_is_ours())
		argp_error(state,
			   "--kill-on-exit requires the /proc of this PID namespace: mount it");
	findings_check(state, cmd->out.flight.on);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct trace_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (!is_further(cmd, state, arg))
			return ARGP_ERR_UNKNOWN; /* then it begins the command */
		take_pids(state, option_row(&group, "pid"), cmd, arg);
		return 0;
	case ARGP_KEY_ARGS:
		cmd->argv = state->argv + state->next;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		check(cmd, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void read_command_line(struct trace_command *cmd, int argc, char **argv)
{
	const struct reading reading = {.command = "trace",
					.uses = {{&group, cmd},
						 {&told_group, &cmd->out},
						 {&events_group, &cmd->out},
						 {&stream_group, &cmd->out},
						 {&show_group, &cmd->out},
						 {&output_group, &cmd->out},
						 {&hooks_group, &cmd->out},
						 {&record_group, &cmd->out},
						 {&flight_group, &cmd->out.flight}},
					.arguments = parse,
					.input = cmd,
					.flags = ARGP_IN_ORDER};

	output_options_init(&cmd->out);
	options_read(&reading, argc, argv);
}

/* Whoever called sudo may have meant the tracing alone. */
static void say_root(const struct trace_command *cmd)
{
	struct user user;
	char name[VISIBLE_SIZE(sizeof(user.name))];

	if (!cmd->as.name && user_of_sudo(&user) && user.uid)
		warnx("note: the command runs as root; with -u %s it would run as the user who "
		      "called "
		      "sudo",
		      visible(user.name, name, sizeof(name)));
}

int cmd_trace(int argc, char **argv)
{
	struct trace_command cmd = {.targets = {.processes = {.ends = -1}}};
	struct tracing t = {.printed = -1};
	struct terminal terminal;
	struct program program;
	int status;

	read_command_line(&cmd, argc, argv);
	status = cmd.argv ? program_find(&program, cmd.argv) : 0;
	if (!status)
		status = live_options_apply(&cmd.out);
	if (!status)
		status = draw_options_apply(&cmd.out);
	if (!status)
		status = diagnose_for("trace");
	if (status)
		return status;
	t.out = cmd.out;
	t.seconds = cmd.seconds;
	t.targets = cmd.argv ? NULL : &cmd.targets;
	t.program = &program;
	t.user = cmd.as.name ? &cmd.as.user : NULL;
	t.flags = cmd.kill_on_exit ? CHILD_KEPT : 0;
	if (cmd.argv)
		say_root(&cmd);
	terminal_note(&terminal);
	status = tracing_run(&t);
	terminal_restore(&terminal);
	return status;
}
