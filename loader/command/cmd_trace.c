// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab trace: any program, from its first instruction, or from now on. */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "diagnosis.h"
#include "program.h"
#include "stream_options.h"
#include "terminal.h"
#include "tracing.h"
#include "visible.h"

struct trace_command {
	struct processes processes;
	bool no_children;
	char **argv; /* of the command, NULL: trace the processes */
	const char *user_name;
	struct user user; /* of that name */
	bool kill_on_exit;
	double seconds;
	struct output_options out;
};

enum { KEY_SECONDS = 0x600, KEY_NO_CHILDREN, KEY_KILL_ON_EXIT };

static const struct argp_option options[] = {
	{.name = "pid",
	 .key = 'p',
	 .arg = "PID[,PID...]",
	 .doc = "trace processes that run already, and their children, until the last of those "
		"named has ended; may be repeated, and more may follow behind blanks",
	 .group = 1},
	{.name = "no-children",
	 .key = KEY_NO_CHILDREN,
	 .doc = "with -p: leave out the children that they have already",
	 .group = 1},
	{.name = "user",
	 .key = 'u',
	 .arg = "USER",
	 .doc = "with -- COMMAND: run it as this user (a name or a number), with the user's groups "
		"and HOME; under sudo it runs as root otherwise",
	 .group = 1},
	{.name = "kill-on-exit",
	 .key = KEY_KILL_ON_EXIT,
	 .doc = "with -- COMMAND: whatever it started and still lives is killed when it ends, and "
		"it with all of that when wakelab ends, in whatever way",
	 .group = 1},
	{.name = "seconds", .key = KEY_SECONDS, .arg = "S", .doc = "end after so long", .group = 1},
	{0},
};
static const struct argp_child children[] = {
	{.argp = &stream_argp, .header = "Output:", .group = 2}, {0}};

static void add_processes(struct trace_command *cmd, struct argp_state *state, const char *list)
{
	const char *wrong = processes_add(&cmd->processes, list);

	if (wrong)
		argp_error(state, "--pid: \"%s\" %s", list, wrong);
}

/* What may be a pid behind those of -p: pidof prints several. */
static bool is_further(const struct trace_command *cmd, const struct argp_state *state,
		       const char *arg)
{
	return cmd->processes.n && !state->quoted && *arg >= '0' && *arg <= '9';
}

static void check(const struct trace_command *cmd, struct argp_state *state)
{
	if (!cmd->argv == !cmd->processes.n)
		argp_error(state, "trace what? Give either -p PID or -- COMMAND [ARG...]");
	if (cmd->no_children && !cmd->processes.n)
		argp_error(state, "--no-children goes with -p PID");
	if (cmd->user_name && !cmd->argv)
		argp_error(state, "--user goes with -- COMMAND");
	if (cmd->kill_on_exit && !cmd->argv)
		argp_error(state, "--kill-on-exit goes with -- COMMAND");
	if (cmd->kill_on_exit && !proc_is_ours())
		argp_error(state, "--kill-on-exit needs the /proc of this PID namespace: mount it");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct trace_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &cmd->out;
		return 0;
	case 'p':
		add_processes(cmd, state, arg);
		return 0;
	case KEY_NO_CHILDREN:
		cmd->no_children = true;
		return 0;
	case 'u':
		cmd->user_name = arg;
		if (user_find(&cmd->user, arg))
			argp_error(state, "--user: /etc/passwd has no user \"%s\"", arg);
		return 0;
	case KEY_KILL_ON_EXIT:
		cmd->kill_on_exit = true;
		return 0;
	case KEY_SECONDS:
		cmd->seconds = option_real(state, "seconds", arg, 0.001, 1e6);
		return 0;
	case ARGP_KEY_ARG:
		if (!is_further(cmd, state, arg))
			return ARGP_ERR_UNKNOWN; /* then it begins the command */
		add_processes(cmd, state, arg);
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

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "-p PID...\n-- COMMAND [ARG...]",
	.doc = "Trace a program with its threads and its children, future ones too, until the last "
	       "of them has ended. The exit status is the command's own. What the terminal sends "
	       "(Ctrl-C, Ctrl-Z) is the command's alone; a signal that somebody sends to wakelab "
	       "is passed on, and a command that has not ended 5 seconds later is killed. What it "
	       "has started goes on then, and so does all of it when wakelab is killed: see "
	       "--kill-on-exit.\vEXAMPLES:\n  sudo wakelab trace -- redis-server --port 7000\n  "
	       "sudo wakelab trace -p $(pidof nginx) --seconds 10\n  sudo wakelab trace -u $USER "
	       "--format ndjson -o out.ndjson -- make check",
	.children = children,
};

/* Whoever called sudo may have meant the tracing alone. */
static void say_root(const struct trace_command *cmd)
{
	struct user user;
	char name[VISIBLE_SIZE(sizeof(user.name))];

	if (!cmd->user_name && user_of_sudo(&user) && user.uid)
		warnx("the command runs as root; -u %s would run it as the user who called sudo",
		      visible(user.name, name, sizeof(name)));
}

int cmd_trace(int argc, char **argv)
{
	struct trace_command cmd = {.processes = {.ends = -1}};
	struct tracing t = {.printed = -1};
	struct terminal terminal;
	struct program program;
	int status;

	output_options_init(&cmd.out);
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &cmd);
	status = cmd.argv ? program_find(&program, cmd.argv) : 0;
	if (!status)
		status = diagnose_for("trace");
	if (status)
		return status;
	t.out = cmd.out;
	t.seconds = cmd.seconds;
	t.no_children = cmd.no_children;
	t.processes = cmd.argv ? NULL : &cmd.processes;
	t.program = &program;
	t.user = cmd.user_name ? &cmd.user : NULL;
	t.flags = cmd.kill_on_exit ? CHILD_KEPT : 0;
	if (cmd.argv)
		say_root(&cmd);
	terminal_note(&terminal);
	status = tracing_run(&t);
	terminal_restore(&terminal);
	return status;
}
