// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab compare: the same load on several subjects, in turns. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "compare_run.h"
#include "diagnosis.h"
#include "stream_options.h"
#include "subject.h"

#define DEFAULT_MESSAGES 1000
#define LISTED_MESSAGES  200 /* with a list of counts: every step takes its time */

struct compare_command {
	struct comparison_plan plan;
	struct address_options address;
	struct server_options server; /* what all subjects have in common */
};

static void take_conns(struct argp_state *state, const struct option_row *row, void *into,
		       char *arg)
{
	struct comparison_plan *plan = &((struct compare_command *)into)->plan;
	uint64_t conns = 0, last = 0;
	char one[32];

	plan->n_conns = 0;
	for (const char *at = arg; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		snprintf(one, sizeof(one), "%.*s", (int)strcspn(at, ","), at);
		if (!option_number(row, one, &conns) || conns <= last || plan->n_conns == MAX_STEPS)
			argp_error(state,
				   "invalid --%s \"%s\": must be at most %d whole numbers from %u "
				   "to %u, in ascending order, with commas between them",
				   row->name, arg, MAX_STEPS, (unsigned)row->min,
				   (unsigned)row->max);
		last = conns;
		plan->conns[plan->n_conns++] = conns;
	}
}

static const struct option_row rows[] = {
#define COMPARE_OPTION(...) OPTION_ROW(struct compare_command, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(COMPARE, rows);

static void add_subject(struct argp_state *state, struct comparison_plan *plan, const char *arg)
{
	if (plan->n_subjects == MAX_SUBJECTS)
		argp_error(state, "unexpected argument \"%s\": at most %d subjects can be compared",
			   arg, MAX_SUBJECTS);
	subject_parse(state, &plan->subjects[plan->n_subjects++], arg);
}

static void check_load(struct argp_state *state, struct comparison_plan *plan)
{
	struct load_options *load = &plan->load;

	load->transport = plan->subjects[0].model->transport;
	if (!load->messages && load->seconds == 0)
		load->messages = plan->n_conns > 1 ? LISTED_MESSAGES : DEFAULT_MESSAGES;
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
		argp_error(state, "which subjects? Give at least two, as in \"wakelab compare "
				  "epoll-lt epoll-et\"; \"wakelab models\" lists them");
	for (unsigned i = 0; i < plan->n_subjects; i++)
		subject_check(state, &plan->subjects[i], &plan->subjects[0], &cmd->server);
	check_load(state, plan);
	draw_options_check(state, &plan->out);
	if (plan->out.draw && plan->n_conns > 1)
		argp_error(state,
			   "--draw takes one number of connections: --conns with a list does "
			   "not apply");
	if (plan->out.draw && plan->out.record)
		argp_error(state,
			   "--draw with --record: a comparison records no events; record each "
			   "run: \"wakelab run MODEL --draw --record FILE\"");
	plan->view = compare_view_find(plan->out.sink->name);
	if (!plan->view)
		argp_error(state, "--format %s: compare has only table and ndjson",
			   plan->out.sink->name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct compare_command *cmd = state->input;

	switch (key) {
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

static void read_command_line(struct compare_command *cmd, int argc, char **argv)
{
	const struct reading reading = {.command = "compare",
					.uses = {{&group, cmd},
						 {&shape_group, &cmd->plan.load},
						 {&address_group, &cmd->address},
						 {&each_group, &cmd->address},
						 {&server_group, &cmd->server},
						 {&output_group, &cmd->plan.out},
						 {&hooks_group, &cmd->plan.out},
						 {&record_group, &cmd->plan.out}},
					.arguments = parse,
					.input = cmd};

	output_options_init(&cmd->plan.out);
	options_read(&reading, argc, argv);
	cmd->plan.load.address = cmd->address.address;
	for (unsigned i = 0; i < cmd->plan.n_subjects; i++) {
		cmd->plan.subjects[i].server.address = cmd->address.address;
		cmd->plan.subjects[i].server.port = cmd->address.port;
	}
}

int cmd_compare(int argc, char **argv)
{
	struct compare_command cmd = {0};
	char **drawn = draw_arguments(&argc, argv);
	int err;

	if (!drawn)
		return EXIT_USAGE;
	read_command_line(&cmd, argc, drawn);
	free(drawn);
	err = draw_options_apply(&cmd.plan.out);
	if (!err)
		err = diagnose_for("compare");
	if (err)
		return err;
	address_say_public(&cmd.address);
	return compare_run(&cmd.plan);
}
