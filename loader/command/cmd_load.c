// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab load: the load client on its own, against any echo server. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "format.h"
#include "json.h"
#include "options.h"

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

_Static_assert(TRANSPORT_UDP == true, "--udp is a flag");

static const struct option_row rows[] = {
#define LOAD_OPTION(...) OPTION_ROW(struct load_command, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(LOAD, rows);

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct load_command *cmd = state->input;

	(void)arg;
	if (key != ARGP_KEY_END)
		return ARGP_ERR_UNKNOWN;
	load_options_check(state, &cmd->load);
	return 0;
}

static void read_command_line(struct load_command *cmd, int argc, char **argv)
{
	const struct reading reading = {.command = "load",
					.uses = {{&group, cmd},
						 {&conns_group, &cmd->load},
						 {&shape_group, &cmd->load},
						 {&address_group, &cmd->address},
						 {&target_group, &cmd->address}},
					.arguments = parse,
					.input = cmd};

	options_read(&reading, argc, argv);
	cmd->load.address = cmd->address.address;
	cmd->load.port = cmd->address.port;
}

static void print_latency(const struct hist *h)
{
	printf("latency     ");
	for (size_t i = 0; i < N_PERCENTILES; i++)
		printf("%10s", percentiles[i].name);
	printf("%10s\n%12s", "max", "");
	for (size_t i = 0; i < N_PERCENTILES; i++)
		printf("%10s", format_percentile(h, percentiles[i].p));
	printf("%10s\n", h->count ? format_ns(h->max) : "-");
}

static void print_table(const struct load_options *opt, const struct load_result *r)
{
	double s = r->elapsed_ns / 1e9;

	printf("connections %12s\n", format_count(r->connections));
	printf("messages    %12s  echoed and equal\n", format_count(r->messages));
	printf("bytes       %12s  each way\n", format_count(r->bytes));
	printf("mismatches  %12s\n", format_count(r->mismatches));
	printf("unanswered  %12s\n", format_count(r->unanswered));
	if (opt->mode == LOAD_OPEN)
		printf("overdue     %12s  due, and not sent when the time was over\n",
		       format_count(r->overdue));
	printf("elapsed     %11.3fs\n", s);
	if (r->elapsed_ns)
		printf("throughput  %12s  messages/s, %.2f MB/s each way\n",
		       format_rate(r->messages, r->elapsed_ns), r->bytes / s / 1e6);
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
	struct load_result r = {0};
	struct load_command cmd = {0};
	int err;

	read_command_line(&cmd, argc, argv);
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
