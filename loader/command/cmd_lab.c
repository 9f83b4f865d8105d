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
#include "visible.h"

enum { KEY_PREDICT = 0x700, KEY_FORMAT, KEY_NO_COLOR, KEY_LABS, KEY_RESULTS, KEY_LANG };

struct lab_command {
	const struct verb *verb;
	const char *asked; /* the lesson, as it was named */
	const char *labs;
	struct lab_options run;
	struct check_options check;
	const char *user_name; /* that the server is to run as */
	struct user user;
	struct lessons lessons;
	const char *name; /* of the lesson */
};

static int list(struct lab_command *cmd);
static int show(struct lab_command *cmd);
static int run(struct lab_command *cmd);
static int check(struct lab_command *cmd);

static const struct verb {
	const char *name;
	bool of_lesson; /* it takes the name of one */
	int (*act)(struct lab_command *cmd);
} verbs[] = {
	{"list", false, list},
	{"show", true, show},
	{"run", true, run},
	{"check", true, check},
};
#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct argp_option options[] = {
	{.name = "predict",
	 .key = KEY_PREDICT,
	 .arg = "A,B,...",
	 .doc = "run: an answer to each question, a number or the letter of a choice; nothing is "
		"no prediction. Without it a terminal is asked"},
	{.name = "format",
	 .key = KEY_FORMAT,
	 .arg = "table|ndjson",
	 .doc = "run, check: for people, or one JSON object a line"},
	{.name = "results",
	 .key = KEY_RESULTS,
	 .arg = "FILE",
	 .doc = "check: write there what was measured, found and scored, one JSON object a line"},
	{.name = "user",
	 .key = 'u',
	 .arg = "USER",
	 .doc = "check: run the server as this user (a name or a number); under sudo it is else "
		"who called sudo"},
	{.name = "no-color", .key = KEY_NO_COLOR, .doc = "no colours, even on a terminal"},
	{.name = "labs",
	 .key = KEY_LABS,
	 .arg = "DIR",
	 .doc = "the folder that the lessons lie in"},
	{.name = "lang",
	 .key = KEY_LANG,
	 .arg = "en|zh",
	 .doc = "the language, else that of the locale (LC_ALL, LC_MESSAGES, LANG) if the course "
		"is there in it"},
	{0},
};

static void parse_argument(struct argp_state *state, struct lab_command *cmd, const char *arg)
{
	size_t i = 0;

	if (cmd->verb) {
		if (cmd->asked || !cmd->verb->of_lesson)
			argp_error(state, "\"%s\" is one argument too many", arg);
		cmd->asked = arg;
		return;
	}
	while (i < N_VERBS && strcmp(verbs[i].name, arg) != 0)
		i++;
	if (i == N_VERBS)
		argp_error(state, "there is no \"lab %s\"; there are list, show, run and check",
			   arg);
	else
		cmd->verb = &verbs[i];
}

static void check_options(struct argp_state *state, const struct lab_command *cmd)
{
	if (!cmd->verb)
		argp_error(state, "list, show, run or check? Start with \"wakelab lab list\"");
	else if (cmd->verb->of_lesson && !cmd->asked)
		argp_error(state, "which lesson? \"wakelab lab list\" lists them");
	else if (cmd->verb->act != run && cmd->run.predict)
		argp_error(state, "--predict is for \"lab run\"");
	else if (cmd->verb->act != run && cmd->verb->act != check && cmd->run.ndjson)
		argp_error(state, "--format is for \"lab run\" and \"lab check\"");
	else if (cmd->verb->act != check && (cmd->check.command || cmd->check.results))
		argp_error(state, "--results and -- COMMAND are for \"lab check\"");
	else if (cmd->verb->act != check && cmd->user_name)
		argp_error(state, "--user is for \"lab check\"");
	else if (cmd->verb->act == check && !cmd->check.command)
		argp_error(state, "check which server? Give its command line behind --: -- "
				  "./my-server {port}");
	else if (cmd->check.command && !port_is_named(cmd->check.command))
		argp_error(state, "the server is not told where to listen: its command needs a "
				  "{port}, which is replaced by a free port");
}

static void parse_format(struct argp_state *state, struct lab_command *cmd, const char *arg)
{
	cmd->run.ndjson = !strcmp(arg, "ndjson");
	if (!cmd->run.ndjson && strcmp(arg, "table") != 0)
		argp_error(state, "--format %s: there is only table and ndjson", arg);
}

static void parse_user(struct argp_state *state, struct lab_command *cmd, const char *arg)
{
	cmd->user_name = arg;
	if (user_find(&cmd->user, arg))
		argp_error(state, "--user: /etc/passwd has no user \"%s\"", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lab_command *cmd = state->input;

	switch (key) {
	case KEY_PREDICT:
		cmd->run.predict = arg;
		return 0;
	case KEY_FORMAT:
		parse_format(state, cmd, arg);
		return 0;
	case 'u':
		parse_user(state, cmd, arg);
		return 0;
	case KEY_NO_COLOR:
		cmd->run.no_color = true;
		return 0;
	case KEY_LABS:
		cmd->labs = arg;
		return 0;
	case KEY_RESULTS:
		cmd->check.results = arg;
		return 0;
	case KEY_LANG:
		if (!language_choose(arg))
			argp_error(state, "--lang %s: there is only en and zh", arg);
		return 0;
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

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "list\nshow LESSON\nrun LESSON\ncheck LESSON -- SERVER {port}",
	.doc = "The course. Each lesson asks a question or two, has the kernel answer them here "
	       "and now, and explains the difference to what you predicted. LESSON is a number or "
	       "a name. An exercise is checked by running your SERVER under its load and looking "
	       "at what the kernel saw. Running and checking need privileges.\vEXAMPLES:\n  "
	       "wakelab lab list\n  wakelab lab show 7 | less\n  sudo wakelab lab run "
	       "edge-triggered\n  sudo wakelab lab run 07 --predict 0,a --format ndjson\n  sudo "
	       "wakelab lab check 07 -- ./my-server {port}",
};

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
		{.title = "NO", .least = 2, .most = 2, .left = true},
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
	    tr("\nRead one: wakelab lab show NO · predict and run it: sudo wakelab lab run NO · "
	       "have your server checked: sudo wakelab lab check NO -- ./my-server {port}\n"));
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
	lay(l, tr("Begin with starter.c or starter.py in %s/%s, and have it checked:\n\n"),
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
	if (cmd->user_name || user_of_sudo(&cmd->user))
		cmd->check.user = &cmd->user;
	if (!status)
		status = lab_check(&exercise, cmd->name, &cmd->check);
	exercise_free(&exercise);
	return status;
}

int cmd_lab(int argc, char **argv)
{
	struct lab_command cmd = {.run = {.workshop = {.run = cmd_run, .trace = cmd_trace}},
				  .check = {.load = cmd_load}};

	language_choose(NULL);
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &cmd);
	if (lessons_find(&cmd.lessons, cmd.labs))
		return EXIT_FAILED;
	if (cmd.verb->of_lesson) {
		cmd.name = lessons_name(&cmd.lessons, cmd.asked);
		if (!cmd.name)
			return EXIT_USAGE;
	}
	return cmd.verb->act(&cmd);
}
