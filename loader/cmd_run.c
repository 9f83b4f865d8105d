// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab run: a server of ours under load and under the tracer. */
#include <err.h>
#include <string.h>
#include <sys/mman.h>

#include "stream_options.h"

struct run_command {
	const struct io_model *model;
	struct address_options address;
	struct server_options server;
	struct load_options load;
	struct output_options out;
};

static const struct argp_child children[] = {
	{&load_argp, 0, "Load:", 1},
	{&server_argp, 0, NULL, 2},
	{&address_argp, 0, NULL, 2},
	{&output_argp, 0, NULL, 3},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &cmd->load;
		state->child_inputs[1] = &cmd->server;
		state->child_inputs[2] = &cmd->address;
		state->child_inputs[3] = &cmd->out;
		return 0;
	case ARGP_KEY_ARG:
		if (cmd->model)
			argp_error(state, "one model at a time: \"%s\" is one too many", arg);
		cmd->model = option_model(state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!cmd->model)
			argp_error(state, "which model? \"wakelab models\" lists them");
		server_options_check(state, cmd->model, &cmd->server);
		cmd->load.transport = cmd->model->transport;
		load_options_check(state, &cmd->load);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "MODEL",
	.doc = "Run one echo server under load, trace it, and stream what the kernel saw. Without "
	       "--messages or --seconds it runs until Ctrl-C. Needs privileges; server and client "
	       "run as the user who called sudo."
	       "\vEXAMPLES:\n"
	       "  sudo wakelab run epoll-et\n"
	       "  sudo wakelab run epoll-lt --conns 1 --messages 1000 --read-size 16\n"
	       "  sudo wakelab run sigio --seconds 5 --format ndjson -o sigio.ndjson\n"
	       "  sudo wakelab run poll --conns 100 --mode open --rate 5000",
	.children = children,
};

/* What the two children of a run work on. */
struct stage {
	struct server server;
	struct load_options load;
	struct witnesses *shared;
};

static int prepare_server(void *arg)
{
	struct stage *stage = arg;

	if (server_open(&stage->server))
		return EXIT_FAILED;
	stage->shared->port = stage->server.opt.port;
	return 0;
}

static int run_server(void *arg)
{
	struct stage *stage = arg;

	return server_run(&stage->server) ? EXIT_FAILED : EXIT_DONE;
}

static int run_client(void *arg)
{
	struct stage *stage = arg;

	stage->load.port = stage->shared->port;
	load_signals();
	return load_run(&stage->load, &stage->shared->client) ? EXIT_FAILED : EXIT_DONE;
}

static void describe(struct stream *st, const struct run_command *cmd, unsigned port)
{
	bool v6 = strchr(cmd->server.address, ':');

	st->info.command = "run";
	st->info.model = cmd->model->name;
	snprintf(st->info.target, sizeof(st->info.target), "%s%s%s:%u", v6 ? "[" : "",
		 cmd->server.address, v6 ? "]" : "", port);
	load_describe(&cmd->load, st->info.load, sizeof(st->info.load));
}

static int trace_stage(struct stream *st, struct stage *stage, const struct run_command *cmd,
		       const sigset_t *before)
{
	const struct child_body client = {NULL, run_client, stage,
					  CHILD_UNPRIVILEGED | CHILD_OWN_GROUP};

	st->session = session_open();
	if (!st->session)
		return EXIT_UNABLE;
	if (session_adopt(st->session, st->target.pid) <= 0 ||
	    child_start(&st->client, &client, before) || session_drop_privileges())
		return EXIT_FAILED;
	describe(st, cmd, stage->shared->port);
	return stream_run(st);
}

static int run(const struct run_command *cmd, struct witnesses *shared)
{
	struct stage stage = {
		.server = {.model = cmd->model,
			   .opt = cmd->server,
			   .fd = -1,
			   .tally = &shared->server},
		.load = cmd->load,
		.shared = shared,
	};
	const struct child_body server = {prepare_server, run_server, &stage,
					  CHILD_UNPRIVILEGED | CHILD_OWN_GROUP | CHILD_KEEP_STDERR};
	struct stream st = {
		.out = cmd->out,
		.pidfd = -1,
		.model = cmd->model,
		.message_size = cmd->load.size,
		.witnesses = shared,
	};
	sigset_t before;
	int status;

	stream_signals(&before);
	if (stream_open(&st))
		return EXIT_FAILED;
	status = child_start(&st.target, &server, &before);
	if (!status)
		status = trace_stage(&st, &stage, cmd, &before);
	child_kill(&st.client);
	child_kill(&st.target);
	session_close(st.session);
	return status < 0 ? EXIT_FAILED : status;
}

int cmd_run(int argc, char **argv)
{
	struct run_command cmd = {.address = {"127.0.0.1", SERVER_PORT}};
	struct witnesses *shared;
	int err;

	server_options_init(&cmd.server);
	load_options_init(&cmd.load);
	output_options_init(&cmd.out);
	argp_parse(&argp, argc, argv, 0, NULL, &cmd);
	cmd.load.address = cmd.server.address = cmd.address.address;
	cmd.server.port = cmd.address.port;
	err = session_possible("run");
	if (err)
		return err;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED) {
		warn("cannot map the tally");
		return EXIT_FAILED;
	}
	return run(&cmd, shared);
}
