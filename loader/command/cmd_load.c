// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab load: the load client on its own, against any echo server. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "format.h"
#include "json.h"
#include "options.h"

enum { KEY_UDP = 0x300, KEY_FORMAT };

struct load_command {
	struct load_options load;
	struct address_options address;
	bool ndjson;
};

static const struct {
	const char *name;
	double p;
} percentiles[] = {
	{"p50", 0.5},
	{"p90", 0.9},
	{"p99", 0.99},
	{"p99.9", 0.999},
};
#define N_PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

static const struct argp_option options[] = {
	{.name = "udp", .key = KEY_UDP, .doc = "Send datagrams, one a message"},
	{.name = "format",
	 .key = KEY_FORMAT,
	 .arg = "FORMAT",
	 .doc = "table (default) or ndjson: one JSON object"},
	{0},
};

static const char doc[] =
	"Drives an echo server and compares every byte that comes back.\v"
	"Without --messages and --seconds it runs until Ctrl-C.\n\n"
	"EXAMPLES:\n"
	"  wakelab load --messages 1000                  4 connections in lockstep\n"
	"  wakelab load --seconds 5 --mode pipeline --conns 64\n"
	"  wakelab load --seconds 5 --mode open --rate 20000\n"
	"  wakelab load --udp --messages 1000            against serve sigio\n";

static void parse_format(struct load_command *cmd, const char *arg, struct argp_state *state)
{
	cmd->ndjson = !strcmp(arg, "ndjson");
	if (!cmd->ndjson && strcmp(arg, "table"))
		argp_error(state, "--format: \"%s\" is none of table, ndjson", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct load_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &cmd->load;
		state->child_inputs[1] = &cmd->address;
		break;
	case KEY_UDP:
		cmd->load.transport = TRANSPORT_UDP;
		break;
	case KEY_FORMAT:
		parse_format(cmd, arg, state);
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" is not an option; load takes no arguments", arg);
		break;
	case ARGP_KEY_END:
		cmd->load.address = cmd->address.address;
		cmd->load.port = cmd->address.port;
		if (!cmd->load.port)
			argp_error(state, "--port 0 is for servers; give the server's port");
		load_options_check(state, &cmd->load);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void print_latency(const struct hist *h)
{
	printf("latency     ");
	for (size_t i = 0; i < N_PERCENTILES; i++)
		printf("%10s", percentiles[i].name);
	printf("%10s\n            ", "max");
	for (size_t i = 0; i < N_PERCENTILES; i++)
		printf("%10s", format_percentile(h, percentiles[i].p));
	printf("%10s\n", h->count ? format_ns(h->max) : "-");
}

static void print_table(const struct load_options *opt, const struct load_result *r)
{
	double s = r->elapsed_ns / 1e9;

	printf("connections %10" PRIu64 "\n", r->connections);
	printf("messages    %10" PRIu64 "  echoed and equal\n", r->messages);
	printf("bytes       %10" PRIu64 "  each way\n", r->bytes);
	printf("mismatches  %10" PRIu64 "\n", r->mismatches);
	printf("unanswered  %10" PRIu64 "\n", r->unanswered);
	if (opt->mode == LOAD_OPEN)
		printf("overdue     %10" PRIu64 "  due, and not sent when the time was over\n",
		       r->overdue);
	printf("elapsed     %9.3fs\n", s);
	if (r->elapsed_ns)
		printf("throughput  %10.0f  messages/s, %.2f MB/s each way\n", r->messages / s,
		       r->bytes / s / 1e6);
	print_latency(&r->latency);
}

static void print_ndjson(const struct load_result *r)
{
	struct json_object *o = new_line("load");

	put(o, "connections", r->connections);
	put(o, "sent", r->sent);
	put(o, "messages", r->messages);
	put(o, "bytes", r->bytes);
	put(o, "urgent", r->urgent);
	put(o, "mismatches", r->mismatches);
	put(o, "unanswered", r->unanswered);
	put(o, "overdue", r->overdue);
	put(o, "elapsed_ns", r->elapsed_ns);
	put_hist(o, "latency_ns", &r->latency);
	if (r->error[0])
		put_string(o, "error", r->error);
	put_line(stdout, o);
}

int cmd_load(int argc, char **argv)
{
	static const struct argp_child children[] = {
		{.argp = &load_argp}, {.argp = &address_argp}, {0}};
	static const struct argp argp = {
		.options = options, .parser = parse, .doc = doc, .children = children};
	struct load_result r = {0};
	struct load_command cmd = {0};
	int err;

	load_options_init(&cmd.load);
	cmd.address.address = cmd.load.address;
	cmd.address.port = cmd.load.port;
	argp_parse(&argp, argc, argv, 0, NULL, &cmd);
	load_signals();
	err = load_run(&cmd.load, &r);
	if (cmd.ndjson)
		print_ndjson(&r);
	else if (r.messages || r.mismatches)
		print_table(&cmd.load, &r);
	if (!err)
		return EXIT_DONE;
	fflush(stdout);
	fprintf(stderr, "wakelab: %s\n", r.error);
	return EXIT_FAILED;
}
