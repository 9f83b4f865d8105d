// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The options that shape a load, for every command that runs one. */
#include <string.h>

#include "options.h"

#define MAX_MESSAGES 1000000000000ULL
#define MAX_SIZE     (64 << 20)
#define MAX_WINDOW   65536 /* depth and burst */
#define MAX_RATE     1e7
#define MAX_SECONDS  1e6
#define MIN_SECONDS  0.001
#define MAX_DATAGRAM 65507 /* 65535 less the IPv4 and UDP headers */

enum load_key {
	KEY_CONNS = 0x200,
	KEY_ACTIVE,
	KEY_MESSAGES,
	KEY_SECONDS,
	KEY_SIZE,
	KEY_MODE,
	KEY_DEPTH,
	KEY_RATE,
	KEY_BURST,
	KEY_FRAGMENT,
	KEY_ONE_BY_ONE,
	KEY_RESET,
	KEY_URGENT,
	KEY_SEED,
	KEY_TIMEOUT,
};

static const struct argp_option load_argp_options[] = {
	{.name = "active",
	 .key = KEY_ACTIVE,
	 .arg = "N",
	 .doc = "Of these, how many send; the others stay idle (all)"},
	{.name = "messages",
	 .key = KEY_MESSAGES,
	 .arg = "N",
	 .doc = "Messages on each connection, then the load ends"},
	{.name = "seconds",
	 .key = KEY_SECONDS,
	 .arg = "S",
	 .doc = "Send for so long; with --messages, what comes first"},
	{.name = "size", .key = KEY_SIZE, .arg = "BYTES", .doc = "Size of a message (64)"},
	{.name = "mode",
	 .key = KEY_MODE,
	 .arg = "MODE",
	 .doc = "lockstep: the next message after the whole echo of the last (default); pipeline: "
		"--depth messages in flight on each connection; open: --rate messages a second "
		"whatever comes back"},
	{.name = "depth",
	 .key = KEY_DEPTH,
	 .arg = "N",
	 .doc = "pipeline: messages in flight on each connection (16)"},
	{.name = "rate",
	 .key = KEY_RATE,
	 .arg = "R",
	 .doc = "open: messages a second over all connections (1000)"},
	{.name = "burst",
	 .key = KEY_BURST,
	 .arg = "N",
	 .doc = "lockstep: messages sent before echoes are awaited (1)"},
	{.name = "fragment",
	 .key = KEY_FRAGMENT,
	 .arg = "BYTES",
	 .doc = "Send a message in writes of so many bytes"},
	{.name = "one-by-one",
	 .key = KEY_ONE_BY_ONE,
	 .doc = "Open the next connection when the last one is closed"},
	{.name = "reset", .key = KEY_RESET, .doc = "End connections with a RST, not with a FIN"},
	{.name = "urgent",
	 .key = KEY_URGENT,
	 .doc = "Send an urgent byte (MSG_OOB) before each message"},
	{.name = "seed", .key = KEY_SEED, .arg = "N", .doc = "Of the message bytes (1)"},
	{.name = "timeout",
	 .key = KEY_TIMEOUT,
	 .arg = "S",
	 .doc = "Fail after so long without a sign of life (10)"},
	{0},
};

static const struct {
	const char *name;
	enum load_mode mode;
} load_modes[] = {
	{"lockstep", LOAD_LOCKSTEP},
	{"pipeline", LOAD_PIPELINE},
	{"open", LOAD_OPEN},
};

/* Options that have a default and a meaning in one mode only: which were given. */
static struct {
	bool depth, rate, burst;
} given;

void load_options_init(struct load_options *opt)
{
	*opt = (struct load_options){
		.address = "127.0.0.1",
		.port = SERVER_PORT,
		.transport = TRANSPORT_TCP,
		.conns = 4,
		.size = 64,
		.mode = LOAD_LOCKSTEP,
		.depth = 16,
		.rate = 1000,
		.burst = 1,
		.seed = 1,
		.timeout = 10,
	};
}

static enum load_mode parse_mode(struct argp_state *state, const char *arg)
{
	for (size_t i = 0; i < sizeof(load_modes) / sizeof(load_modes[0]); i++)
		if (!strcmp(arg, load_modes[i].name))
			return load_modes[i].mode;
	argp_error(state, "--mode: \"%s\" is none of lockstep, pipeline, open", arg);
	return LOAD_LOCKSTEP;
}

static void check_given(struct argp_state *state, const struct load_options *opt)
{
	if (given.rate && opt->mode != LOAD_OPEN)
		argp_error(state, "--rate needs --mode open");
	if (given.depth && opt->mode != LOAD_PIPELINE)
		argp_error(state, "--depth needs --mode pipeline");
	if (given.burst && opt->mode != LOAD_LOCKSTEP)
		argp_error(state, "--burst needs --mode lockstep%s",
			   opt->mode == LOAD_PIPELINE ? "; --depth says how many are in flight"
						      : "");
}

static error_t parse_manner(int key, struct load_options *opt)
{
	switch (key) {
	case KEY_ONE_BY_ONE:
		opt->one_by_one = true;
		return 0;
	case KEY_RESET:
		opt->reset = true;
		return 0;
	case KEY_URGENT:
		opt->urgent = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_window(int key, char *arg, struct argp_state *state)
{
	struct load_options *opt = state->input;

	switch (key) {
	case KEY_MODE:
		opt->mode = parse_mode(state, arg);
		break;
	case KEY_DEPTH:
		opt->depth = option_number(state, "depth", arg, 1, MAX_WINDOW);
		given.depth = true;
		break;
	case KEY_RATE:
		opt->rate = option_real(state, "rate", arg, MIN_SECONDS, MAX_RATE);
		given.rate = true;
		break;
	case KEY_BURST:
		opt->burst = option_number(state, "burst", arg, 1, MAX_WINDOW);
		given.burst = true;
		break;
	case ARGP_KEY_INIT:
		memset(&given, 0, sizeof(given));
		break;
	case ARGP_KEY_END:
		check_given(state, opt);
		break;
	default:
		return parse_manner(key, opt);
	}
	return 0;
}

static error_t parse_load(int key, char *arg, struct argp_state *state)
{
	struct load_options *opt = state->input;

	switch (key) {
	case KEY_ACTIVE:
		opt->active = option_number(state, "active", arg, 1, MAX_CONNS);
		break;
	case KEY_MESSAGES:
		opt->messages = option_number(state, "messages", arg, 1, MAX_MESSAGES);
		break;
	case KEY_SECONDS:
		opt->seconds = option_real(state, "seconds", arg, MIN_SECONDS, MAX_SECONDS);
		break;
	case KEY_SIZE:
		opt->size = option_number(state, "size", arg, 1, MAX_SIZE);
		break;
	case KEY_FRAGMENT:
		opt->fragment = option_number(state, "fragment", arg, 1, MAX_SIZE);
		break;
	case KEY_SEED:
		opt->seed = option_number(state, "seed", arg, 0, UINT64_MAX);
		break;
	case KEY_TIMEOUT:
		opt->timeout = option_real(state, "timeout", arg, MIN_SECONDS, MAX_SECONDS);
		break;
	default:
		return parse_window(key, arg, state);
	}
	return 0;
}

const struct argp load_shape_argp = {.options = load_argp_options, .parser = parse_load};

static error_t parse_conns(int key, char *arg, struct argp_state *state)
{
	struct load_options *opt = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = opt;
		return 0;
	case KEY_CONNS:
		if (strchr(arg, ','))
			argp_error(state, "--conns: a list (%s) is for wakelab compare", arg);
		opt->conns = option_number(state, "conns", arg, 1, MAX_CONNS);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option conns_options[] = {
	{.name = "conns", .key = KEY_CONNS, .arg = "N", .doc = "Connections (4)"},
	{0},
};
static const struct argp_child load_children[] = {{.argp = &load_shape_argp}, {0}};
const struct argp load_argp = {
	.options = conns_options, .parser = parse_conns, .children = load_children};

static void check_manner(struct argp_state *state, const struct load_options *opt)
{
	if (opt->transport == TRANSPORT_UDP && (opt->one_by_one || opt->reset || opt->urgent))
		argp_error(state, "--%s needs TCP: datagrams have no connection",
			   opt->one_by_one ? "one-by-one"
			   : opt->reset    ? "reset"
					   : "urgent");
	if (opt->one_by_one && (opt->mode == LOAD_OPEN || opt->active))
		argp_error(state, "--one-by-one has one connection at a time; %s needs all of them",
			   opt->active ? "--active" : "--mode open");
	if (opt->urgent && (opt->mode != LOAD_LOCKSTEP || opt->burst > 1))
		argp_error(state, "--urgent needs --mode lockstep and --burst 1: a connection can "
				  "have one urgent byte at a time");
}

void load_options_check(struct argp_state *state, const struct load_options *opt)
{
	bool udp = opt->transport == TRANSPORT_UDP;

	check_manner(state, opt);
	if (opt->active > opt->conns)
		argp_error(state, "--active %u is more than there are connections; give --conns %u",
			   opt->active, opt->active);
	if (udp && opt->size > MAX_DATAGRAM)
		argp_error(state, "--size %zu does not fit a datagram; over UDP give at most %d",
			   opt->size, MAX_DATAGRAM);
	if (udp && opt->fragment)
		argp_error(state, "--fragment needs TCP: over UDP a message is one datagram");
	if (opt->fragment > opt->size)
		argp_error(state, "--fragment %zu is more than a message; give --size %zu or more",
			   opt->fragment, opt->fragment);
}
