// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The options that shape a load, for every command that runs one, and which go together. */
#include <string.h>

#include "options.h"

#define MAX_DATAGRAM 65507 /* 65535 less the IPv4 and UDP headers */

/* Who gives a list has compare in mind. */
static void take_conns(struct argp_state *state, const struct option_row *row, void *into,
		       char *arg)
{
	if (strchr(arg, ','))
		argp_error(state, "invalid --%s \"%s\": only \"wakelab compare\" takes a list",
			   row->name, arg);
	else
		option_take_kind(state, row, into, arg);
}

static const struct option_row conns_rows[] = {
#define CONNS_OPTION(...) OPTION_ROW(struct load_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group conns_group = OPTION_GROUP(CONNS, conns_rows);

static const struct option_row shape_rows[] = {
#define SHAPE_OPTION(...) OPTION_ROW(struct load_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group shape_group = OPTION_GROUP(SHAPE, shape_rows);

static void check_manner(struct argp_state *state, const struct load_options *opt)
{
	if (opt->transport == TRANSPORT_UDP && (opt->one_by_one || opt->reset || opt->urgent))
		argp_error(state, "--%s requires TCP: datagrams have no connection",
			   opt->one_by_one ? "one-by-one"
			   : opt->reset    ? "reset"
					   : "urgent");
	if (opt->one_by_one && (opt->mode == LOAD_OPEN || opt->active))
		argp_error(
			state,
			"--one-by-one opens one connection at a time, but %s requires all of them",
			opt->active ? "--active" : "--mode open");
	if (opt->urgent && (opt->mode != LOAD_LOCKSTEP || opt->burst > 1))
		argp_error(state, "--urgent requires --mode lockstep and --burst 1: a connection "
				  "can have only one urgent byte at a time");
}

void load_options_check(struct argp_state *state, const struct load_options *opt)
{
	bool udp = opt->transport == TRANSPORT_UDP;

	check_manner(state, opt);
	if (opt->active > opt->conns)
		argp_error(state, "--active %u exceeds the number of connections; give --conns %u",
			   opt->active, opt->active);
	if (udp && opt->size > MAX_DATAGRAM)
		argp_error(state,
			   "--size %zu does not fit into a datagram; the maximum over UDP is %d",
			   opt->size, MAX_DATAGRAM);
	if (udp && opt->fragment)
		argp_error(state, "--fragment requires TCP: over UDP a message is one datagram");
	if (opt->fragment > opt->size)
		argp_error(state,
			   "--fragment %zu exceeds the size of a message; give --size %zu or more",
			   opt->fragment, opt->fragment);
}
