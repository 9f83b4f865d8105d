// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab load: the load client on its own, against any echo server. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "percentile.h"

enum { KEY_UDP = 0x300, KEY_FORMAT };

struct load_command {
	struct load_options load;
	struct address_options address;
	bool ndjson;
};

static const struct {
	const char *name; /* of the column, and of the field without the point */
	const char *field;
	double p;
} percentiles[] = {
	{"p50", "p50", 0.5},
	{"p90", "p90", 0.9},
	{"p99", "p99", 0.99},
	{"p99.9", "p999", 0.999},
};
#define N_PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

static const struct argp_option options[] = {
	{"udp", KEY_UDP, NULL, 0, "Send datagrams, one a message", 0},
	{"format", KEY_FORMAT, "FORMAT", 0, "table (default) or ndjson: one JSON object", 0},
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

static void on_stop(int sig)
{
	(void)sig;
	stopping = 1;
}

/* 4 significant characters and a unit, as wide as the column. */
static void print_ns(uint64_t ns)
{
	static const char *const units[] = {"ns", "us", "ms", "s"};
	char text[32];
	double v = ns;
	size_t u = 0;

	for (; v >= 999.5 && u < 3; u++)
		v /= 1000;
	snprintf(text, sizeof(text), "%.*f%s", u && v < 99.95 ? 1 : 0, v, units[u]);
	printf("%10s", text);
}

static void print_latency(const struct hist *h)
{
	uint64_t ns;

	printf("latency     ");
	for (size_t i = 0; i < N_PERCENTILES; i++)
		printf("%10s", percentiles[i].name);
	printf("%10s\n            ", "max");
	for (size_t i = 0; i < N_PERCENTILES; i++) {
		if (hist_percentile(h, percentiles[i].p, &ns))
			print_ns(ns);
		else
			printf("%10s", "-");
	}
	if (h->count)
		print_ns(h->max);
	else
		printf("%10s", "-");
	printf("\n");
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

static void add_number(struct json_object *to, const char *name, uint64_t n)
{
	json_object_object_add(to, name, json_object_new_uint64(n));
}

static struct json_object *latency_json(const struct hist *h)
{
	struct json_object *o = json_object_new_object();
	uint64_t ns;

	add_number(o, "count", h->count);
	if (!h->count)
		return o;
	add_number(o, "sum", h->sum);
	add_number(o, "min", h->min);
	add_number(o, "max", h->max);
	for (size_t i = 0; i < N_PERCENTILES; i++)
		if (hist_percentile(h, percentiles[i].p, &ns))
			add_number(o, percentiles[i].field, ns);
	return o;
}

static void print_ndjson(const struct load_result *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "type", json_object_new_string("load"));
	add_number(o, "schema", 1);
	add_number(o, "connections", r->connections);
	add_number(o, "sent", r->sent);
	add_number(o, "messages", r->messages);
	add_number(o, "bytes", r->bytes);
	add_number(o, "urgent", r->urgent);
	add_number(o, "mismatches", r->mismatches);
	add_number(o, "unanswered", r->unanswered);
	add_number(o, "overdue", r->overdue);
	add_number(o, "elapsed_ns", r->elapsed_ns);
	json_object_object_add(o, "latency_ns", latency_json(&r->latency));
	if (r->error[0])
		json_object_object_add(o, "error", json_object_new_string(r->error));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

int cmd_load(int argc, char **argv)
{
	static const struct argp_child children[] = {
		{&load_argp, 0, NULL, 0}, {&address_argp, 0, NULL, 0}, {0}};
	static const struct argp argp = {
		.options = options, .parser = parse, .doc = doc, .children = children};
	struct sigaction stop = {.sa_handler = on_stop};
	struct load_result r = {0};
	struct load_command cmd = {0};
	int err;

	load_options_init(&cmd.load);
	cmd.address.address = cmd.load.address;
	cmd.address.port = cmd.load.port;
	argp_parse(&argp, argc, argv, 0, NULL, &cmd);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	err = load_run(&cmd.load, &r);
	if (cmd.ndjson)
		print_ndjson(&r);
	else if (r.messages || r.mismatches)
		print_table(&cmd.load, &r);
	fflush(stdout);
	if (err)
		fprintf(stderr, "wakelab: %s\n", r.error);
	return err ? EXIT_FAILED : EXIT_DONE;
}
