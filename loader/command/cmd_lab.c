// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab lab: the course, a lesson at a time: predict, run, explain. */
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "diagnosis.h"
#include "expression.h"
#include "handout.h"
#include "lab_check.h"
#include "lab_run.h"
#include "language.h"
#include "lessons.h"
#include "port_words.h"
#include "reading.h"
#include "visible.h"

struct lab_command {
	const struct verb_row *verb;
	const char *asked; /* the lesson, as it was named */
	const char *labs;
	const char *language; /* NULL: that of the environment */
	struct lab_options run;
	struct check_options check;
	struct user_option as; /* that the server is to run as */
	struct lessons lessons;
	const char *name; /* of the lesson */
};

static int list(struct lab_command *cmd);
static int show(struct lab_command *cmd);
static int run(struct lab_command *cmd);
static int check(struct lab_command *cmd);

/* What the subcommands do, in their order. */
static int (*const acts[])(struct lab_command *cmd) = {
#define VERB(id, ...) id,
#include "commands.def"
};

static void take_language(struct argp_state *state, const struct option_row *row, void *into,
			  char *arg)
{
	((struct lab_command *)into)->language = arg;
	if (choice_of(row->choices, arg, strlen(arg)) < 0)
		option_refuse(state, row, arg);
}

static const struct option_row rows[] = {
#define LAB_OPTION(...) OPTION_ROW(struct lab_command, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(LAB, rows);

static void parse_argument(struct argp_state *state, struct lab_command *cmd, const char *arg)
{
	size_t i = 0;

	if (cmd->verb) {
		if (cmd->asked || !cmd->verb->of_lesson)
			argp_error(state, "unexpected argument \"%s\"", arg);
		cmd->asked = arg;
		return;
	}
	while (i < n_verb_rows && strcmp(verb_rows[i].name, arg) != 0)
		i++;
	if (i == n_verb_rows)
		argp_error(state, "unknown subcommand \"%s\": must be list, show, run or check",
			   arg);
	else
		cmd->verb = &verb_rows[i];
}

static void check_command(struct argp_state *state, const struct lab_command *cmd)
{
	if (acts[cmd->verb - verb_rows] != check) {
		if (cmd->check.command)
			argp_error(state, "-- COMMAND is for \"lab check\"");
	} else if (!cmd->check.command) {
		argp_error(state,
			   "which server should be checked? Give its command line after --, as in "
			   "-- ./my-server {port}");
	} else if (!port_is_named(cmd->check.command)) {
		argp_error(state,
			   "the server's command line must contain {port}, which is replaced by a "
			   "free port to listen on");
	}
}

static void check_options(struct argp_state *state, const struct lab_command *cmd)
{
	if (!cmd->verb)
		argp_error(state, "list, show, run or check? Start with \"wakelab lab list\"");
	else if (cmd->verb->of_lesson && !cmd->asked)
		argp_error(state, "which lesson? \"wakelab lab list\" lists them");
	else
		check_command(state, cmd);
	if (cmd->verb)
		options_check_verb(state, "lab", cmd->verb->name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lab_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (state->quoted && state->next > state->quoted) {
			cmd->check.command = state->argv + state->next - 1;
			state->next = state->argc;
		} else {
			parse_argument(state, cmd, arg);
		}
		return 0;
	case ARGP_KEY_END:
		check_options(state, cmd);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void begin_layout(struct layout *l, const struct lab_command *cmd)
{
	layout_begin(l, stdout, STDOUT_FILENO,
		     !cmd->run.no_color && layout_may_color(STDOUT_FILENO));
}

static void list_lesson(struct layout *l, const struct grid *g, const char *name,
			const struct lesson *lesson, bool has_exercise)
{
	const char number[] = {name[0], name[1], '\0'};

	grid_row(l, g,
		 (const char *const[]){number, name + 3, lesson->question, lesson->needs,
				       number_text(lesson->seconds),
				       has_exercise ? tr("yes") : ""});
}

static void list_head(struct layout *l, const struct grid *g)
{
	const char *titles[MAX_COLUMNS];

	for (unsigned i = 0; i < g->n; i++)
		titles[i] = tr(g->columns[i].title);
	grid_head(l, g, titles);
}

static int list(struct lab_command *cmd)
{
	static const struct column columns[] = {
		{.title = "N", .least = 2, .most = 2, .left = true},
		{.title = "LESSON", .least = 15, .most = 20, .left = true},
		{.title = "QUESTION", .least = 40, .most = 42, .left = true},
		{.title = "NEEDS", .least = 26, .most = 26, .rank = 3, .left = true},
		{.title = "SECONDS", .least = 7, .most = 7, .rank = 1},
		{.title = "CHECK", .least = 5, .most = 5, .rank = 2, .left = true}};
	int status = EXIT_DONE;
	struct layout l;
	struct grid g;

	begin_layout(&l, cmd);
	grid_fit(&g, &l, columns, sizeof(columns) / sizeof(columns[0]));
	list_head(&l, &g);
	for (unsigned i = 0; i < cmd->lessons.n; i++) {
		struct lesson lesson;

		if (lessons_read(&cmd->lessons, cmd->lessons.names[i], &lesson)) {
			status = EXIT_FAILED;
			continue;
		}
		list_lesson(&l, &g, cmd->lessons.names[i], &lesson,
			    lessons_have(&cmd->lessons, cmd->lessons.names[i], "exercise.json"));
		lesson_free(&lesson);
	}
	lay(&l, "%s",
	    tr("\nRead a lesson: wakelab lab show N · predict and run it: sudo wakelab lab run N "
	       "· check your server: sudo wakelab lab check N -- ./my-server {port}\n"));
	return status;
}

/* What is to be written in a lesson that has an exercise, and how to have it checked. */
static int show_exercise(const struct lab_command *cmd, struct layout *l)
{
	char folder[VISIBLE_SIZE(PATH_MAX)];
	struct exercise exercise;

	if (!lessons_have(&cmd->lessons, cmd->name, "exercise.json"))
		return EXIT_DONE;
	if (lessons_read_exercise(&cmd->lessons, cmd->name, &exercise))
		return EXIT_FAILED;
	lay(l, tr("\n%sWrite it%s\n\n%s\n\n"), paint(l, BOLD), paint(l, PLAIN), exercise.task);
	lay(l, tr("Start with starter.c or starter.py in %s/%s, and check it:\n\n"),
	    visible(cmd->lessons.folder, folder, sizeof(folder)), cmd->name);
	lay(l, "  sudo wakelab lab check %.2s -- ./my-server {port}\n", cmd->name);
	exercise_free(&exercise);
	return EXIT_DONE;
}

static int show(struct lab_command *cmd)
{
	FILE *handout = lessons_open(&cmd->lessons, cmd->name, "handout.md");
	struct layout l;

	if (!handout)
		return EXIT_FAILED;
	begin_layout(&l, cmd);
	handout_show(handout, &l);
	fclose(handout);
	return show_exercise(cmd, &l);
}

static int run(struct lab_command *cmd)
{
	char folder[PATH_MAX];
	struct lesson lesson;
	int status;

	if (lessons_read(&cmd->lessons, cmd->name, &lesson))
		return EXIT_FAILED;
	lessons_path(&cmd->lessons, cmd->name, ".", folder);
	cmd->run.workshop.folder = folder;
	status = diagnose_for("lab run");
	if (!status)
		status = lab_run(&lesson, cmd->name, &cmd->run);
	lesson_free(&lesson);
	return status;
}

static int check(struct lab_command *cmd)
{
	struct exercise exercise;
	int status;

	if (lessons_read_exercise(&cmd->lessons, cmd->name, &exercise))
		return EXIT_FAILED;
	status = diagnose_for("lab check");
	cmd->check.ndjson = cmd->run.ndjson;
	cmd->check.no_color = cmd->run.no_color;
	if (cmd->as.name || user_of_sudo(&cmd->as.user))
		cmd->check.user = &cmd->as.user;
	if (!status)
		status = lab_check(&exercise, cmd->name, &cmd->check);
	exercise_free(&exercise);
	return status;
}

int cmd_lab(int argc, char **argv)
{
	struct lab_command cmd = {.run = {.workshop = {.run = cmd_run, .trace = cmd_trace}},
				  .check = {.load = cmd_load}};

	options_read(&(struct reading){.command = "lab",
				       .uses = {{&group, &cmd}},
				       .arguments = parse,
				       .input = &cmd,
				       .flags = ARGP_IN_ORDER},
		     argc, argv);
	language_choose(cmd.language);
	if (lessons_find(&cmd.lessons, cmd.labs))
		return EXIT_FAILED;
	if (cmd.verb->of_lesson) {
		cmd.name = lessons_name(&cmd.lessons, cmd.asked);
		if (!cmd.name)
			return EXIT_USAGE;
	}
	return acts[cmd.verb - verb_rows](&cmd);
}
