// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab serve: one echo server, and its own account of what it did. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "options.h"
#include "serve.h"
#include "stop.h"

struct serve_options {
	const struct io_model *model;
	struct address_options address;
	struct server_options server;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct serve_options *opt = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &opt->address;
		state->child_inputs[1] = &opt->server;
		return 0;
	case ARGP_KEY_ARG:
		if (opt->model)
			argp_error(state, "one model at a time: \"%s\" is one too many", arg);
		opt->model = option_model(state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!opt->model)
			argp_error(state, "which model? \"wakelab models\" lists them");
		else
			server_options_check(state, opt->model, &opt->server);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{.argp = &address_argp},
	{.argp = &server_argp},
	{0},
};
static const struct argp argp = {
	.parser = parse,
	.args_doc = "MODEL",
	.doc = "Run one echo server: no tracing, no privileges. Ctrl-C or SIGTERM ends it, and it "
	       "says what it did.\vEXAMPLES:\n  wakelab serve epoll-et                          on "
	       "127.0.0.1:10086\n  wakelab serve poll --port 0                     on any free "
	       "port\n  wakelab serve epoll-oneshot --threads 8         a pool of eight threads\n  "
	       "wakelab serve epoll-et --fault et-no-drain      wrong on purpose\n  wakelab load "
	       "--conns 100 --messages 1000        a client for it",
	.children = children,
};

static void print_tally(const struct server *s)
{
	const struct tally *t = s->tally;

	printf("\n  %-10s %12" PRIu64 "   refused %12" PRIu64 "   closed  %12" PRIu64 "\n",
	       "accepted", t->accepts, t->refused, t->closes);
	printf("  %-10s %12" PRIu64 "   bytes in %11" PRIu64 "   bytes out %10" PRIu64 "\n",
	       "reads", t->reads, t->bytes_in, t->bytes_out);
	if (s->model->wait_call)
		printf("  %-10s %12" PRIu64 "   EAGAIN  %12" PRIu64 "\n", "waits", t->waits,
		       t->eagain);
	else
		printf("  %-10s %12" PRIu64 "\n", "EAGAIN", t->eagain);
	if (t->urgent)
		printf("  %-10s %12" PRIu64 "\n", "urgent", t->urgent);
}

int cmd_serve(int argc, char **argv)
{
	struct serve_options opt = {.address = {"127.0.0.1", SERVER_PORT}};
	int err;

	server_options_init(&opt.server);
	argp_parse(&argp, argc, argv, 0, NULL, &opt);
	opt.server.address = opt.address.address;
	opt.server.port = opt.address.port;

	struct server s = {.model = opt.model, .opt = opt.server, .fd = -1, .tally = tally_map()};

	if (!s.tally) {
		warn("cannot map the tally");
		return EXIT_FAILED;
	}
	if (server_open(&s))
		return EXIT_FAILED;

	bool v6 = strchr(s.opt.address, ':');

	server_signals(&s);
	address_say_public(&opt.address);
	printf("%s: listening on %s%s%s:%u (%s), Ctrl-C ends\n", s.model->name, v6 ? "[" : "",
	       s.opt.address, v6 ? "]" : "", s.opt.port,
	       s.model->transport == TRANSPORT_TCP ? "TCP" : "UDP");
	if (fflush(stdout)) {
		warn("cannot write to standard output");
		return EXIT_FAILED;
	}
	err = server_run(&s);
	print_tally(&s);
	return err ? EXIT_FAILED : EXIT_DONE;
}
