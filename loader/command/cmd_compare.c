// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab compare: the same load on several subjects, in turns. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "compare_run.h"
#include "diagnosis.h"
#include "stream_options.h"
#include "subject.h"

#define DEFAULT_ROUNDS   5
#define DEFAULT_MESSAGES 1000
#define LISTED_MESSAGES  200 /* with a list of counts: every step takes its time */

enum { KEY_ROUNDS = 0x700, KEY_CONNS };

struct compare_command {
	struct comparison_plan plan;
	struct address_options address;
	struct server_options server; /* what all subjects have in common */
};

static const struct argp_option options[] = {
	{.name = "rounds",
	 .key = KEY_ROUNDS,
	 .arg = "N",
	 .doc = "times that each subject has its turn (5)"},
	{.name = "conns",
	 .key = KEY_CONNS,
	 .arg = "N[,N...]",
	 .doc = "connections (4); a list, from few to many, shows how the CPU time a message "
		"grows"},
	{0},
};

static const struct argp_child children[] = {
	{.argp = &load_shape_argp, .header = "Load:", .group = 1},
	{.argp = &server_argp, .header = "Of every subject:", .group = 2},
	{.argp = &address_argp, .group = 2},
	{.argp = &output_argp, .header = "Output:", .group = 3},
	{0},
};

static void parse_conns(struct argp_state *state, struct comparison_plan *plan, char *arg)
{
	unsigned last = 0;
	char *save, *one;

	plan->n_conns = 0;
	for (one = strtok_r(arg, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		if (plan->n_conns == MAX_STEPS)
			argp_error(state, "--conns: a list has at most %d numbers", MAX_STEPS);
		last = option_number(state, "conns", one, last + 1, MAX_CONNS);
		plan->conns[plan->n_conns++] = last;
	}
	if (!plan->n_conns)
		option_number(state, "conns", arg, 1, MAX_CONNS);
}

static void add_subject(struct argp_state *state, struct comparison_plan *plan, const char *arg)
{
	if (plan->n_subjects == MAX_SUBJECTS)
		argp_error(state, "at most %d subjects fit a table: \"%s\" is one too many",
			   MAX_SUBJECTS, arg);
	subject_parse(state, &plan->subjects[plan->n_subjects++], arg);
}

static void check_load(struct argp_state *state, struct comparison_plan *plan)
{
	struct load_options *load = &plan->load;

	load->transport = plan->subjects[0].model->transport;
	if (!load->messages && load->seconds == 0)
		load->messages = plan->n_conns > 1 ? LISTED_MESSAGES : DEFAULT_MESSAGES;
	if (!plan->n_conns)
		plan->conns[plan->n_conns++] = load->conns;
	load->conns = plan->conns[plan->n_conns - 1];
	load_options_check(state, load);
	for (unsigned i = 0; i < plan->n_subjects; i++) {
		const struct subject *s = &plan->subjects[i];

		datagrams_check(state, s->model, s->server.read_size, load);
		if (plan->n_conns == 1)
			conns_check(state, s->model, load);
	}
}

static void check(struct argp_state *state, struct compare_command *cmd)
{
	struct comparison_plan *plan = &cmd->plan;

	if (plan->n_subjects < 2)
		argp_error(state,
			   "compare what? Give two subjects or more, as in \"wakelab compare "
			   "epoll-lt epoll-et\"; \"wakelab models\" lists them");
	for (unsigned i = 0; i < plan->n_subjects; i++)
		subject_check(state, &plan->subjects[i], &plan->subjects[0], &cmd->server);
	check_load(state, plan);
	plan->view = compare_view_find(plan->out.sink->name);
	if (!plan->view)
		argp_error(state, "--format %s: compare has only table and ndjson",
			   plan->out.sink->name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct compare_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &cmd->plan.load;
		state->child_inputs[1] = &cmd->server;
		state->child_inputs[2] = &cmd->address;
		state->child_inputs[3] = &cmd->plan.out;
		return 0;
	case KEY_ROUNDS:
		cmd->plan.rounds = option_number(state, "rounds", arg, 1, MAX_ROUNDS);
		return 0;
	case KEY_CONNS:
		parse_conns(state, &cmd->plan, arg);
		return 0;
	case ARGP_KEY_ARG:
		add_subject(state, &cmd->plan, arg);
		return 0;
	case ARGP_KEY_END:
		check(state, cmd);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "SUBJECT SUBJECT...",
	.doc = "Run the same load on each subject, in rounds, and show side by side what differs "
	       "by more than the rounds differ among themselves. A SUBJECT is a model with what is "
	       "special about it: MODEL[+FAULT...][+read-size=BYTES]; it listens on any free port "
	       "unless --port says which. Without --messages or --seconds each connection sends "
	       "1000 messages, with a list of --conns 200. Needs privileges; servers and clients "
	       "run as the user who called sudo.\vEXAMPLES:\n  sudo wakelab compare epoll-lt "
	       "epoll-et --conns 1 --read-size 16\n  sudo wakelab compare epoll-exclusive "
	       "epoll-exclusive+herd --conns 1000 --messages 10\n  sudo wakelab compare select "
	       "poll epoll-lt --conns 1,10,100,1000 --active 10",
	.children = children,
};

int cmd_compare(int argc, char **argv)
{
	struct compare_command cmd = {.address = {"127.0.0.1", 0},
				      .plan = {.rounds = DEFAULT_ROUNDS}};
	int err;

	server_options_init(&cmd.server);
	load_options_init(&cmd.plan.load);
	output_options_init(&cmd.plan.out);
	argp_parse(&argp, argc, argv, 0, NULL, &cmd);
	cmd.plan.load.address = cmd.address.address;
	for (unsigned i = 0; i < cmd.plan.n_subjects; i++) {
		cmd.plan.subjects[i].server.address = cmd.address.address;
		cmd.plan.subjects[i].server.port = cmd.address.port;
	}
	err = diagnose_for("compare");
	if (err)
		return err;
	address_say_public(&cmd.address);
	return compare_run(&cmd.plan);
}
