// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab serve: one echo server, and its own account of what it did. */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "format.h"
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
	case ARGP_KEY_ARG:
		if (opt->model)
			argp_error(state, "unexpected argument \"%s\": give one model", arg);
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

static void read_command_line(struct serve_options *opt, int argc, char **argv)
{
	const struct reading reading = {.command = "serve",
					.uses = {{&address_group, &opt->address},
						 {&listen_group, &opt->address},
						 {&server_group, &opt->server}},
					.arguments = parse,
					.input = opt};

	options_read(&reading, argc, argv);
	opt->server.address = opt->address.address;
	opt->server.port = opt->address.port;
}

static void print_tally(const struct server *s)
{
	const struct tally *t = s->tally;

	printf("\n  %-10s %12s   refused   %12s   closed    %12s\n", "accepted",
	       format_count(t->accepts), format_count(t->refused), format_count(t->closes));
	printf("  %-10s %12s   bytes in  %12s   bytes out %12s\n", "reads", format_count(t->reads),
	       format_count(t->bytes_in), format_count(t->bytes_out));
	if (s->model->wait_call)
		printf("  %-10s %12s   EAGAIN    %12s\n", "waits", format_count(t->waits),
		       format_count(t->eagain));
	else
		printf("  %-10s %12s\n", "EAGAIN", format_count(t->eagain));
	if (t->urgent)
		printf("  %-10s %12s\n", "urgent", format_count(t->urgent));
}

int cmd_serve(int argc, char **argv)
{
	struct serve_options opt = {0};
	int err;

	read_command_line(&opt, argc, argv);

	struct server s = {.model = opt.model, .opt = opt.server, .fd = -1, .tally = tally_map()};

	if (!s.tally) {
		warn("cannot map memory for the server's counts");
		return EXIT_FAILED;
	}
	if (server_open(&s))
		return EXIT_FAILED;

	bool v6 = strchr(s.opt.address, ':');

	server_signals(&s);
	address_say_public(&opt.address);
	printf("%s: listening on %s%s%s:%u (%s), Ctrl-C stops\n", s.model->name, v6 ? "[" : "",
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
