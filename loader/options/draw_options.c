// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* --draw: what it does not go with, and what it changes. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drawn.h"
#include "event_table.h"
#include "exit_status.h"
#include "models.h"
#include "sink_draw.h"
#include "stream_options.h"

/* A load to be looked at: a message begins when the one before it is long over, and takes several
 * reads, unless it is a datagram. */
static const struct {
	const char *option, *value;
	bool of_pace, of_streams;
} load[] = {
	{"--conns", "1", false, false},     {"--messages", "3", false, false},
	{"--mode", "open", true, false},    {"--rate", "10", true, false},
	{"--read-size", "16", false, true},
};
#define N_LOAD (sizeof(load) / sizeof(load[0]))

/* What says when a message begins. */
static const char *const paces[] = {"--mode", "--depth", "--burst", "--one-by-one"};

void draw_options_check(struct argp_state *state, const struct output_options *out)
{
	const char *other = NULL;

	if (out->summary)
		other = "--summary";
	else if (out->live)
		other = "--live";
	else if (out->sink != &sink_table)
		other = "--format";
	if (out->draw && other)
		argp_error(state, "--draw draws what happened, as text: %s does not apply", other);
}

int draw_options_apply(struct output_options *out)
{
	if (!out->draw)
		return 0;
	out->sink = &sink_draw;
	if (!out->wish.events.kinds) {
		out->wish.events.kinds = event_kinds_of(PART_ALL);
		event_timeouts(out->wish.events.timeouts);
	}
	return drawn_check(out);
}

/* What the arguments have. */
struct given {
	bool draw, scenario, pace, datagrams;
};

static void look(struct given *g, const char *arg)
{
	const struct io_model *model;
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(arg, "+"), arg);
	model = model_find(name);
	g->draw |= !strcmp(arg, "--draw");
	g->scenario |= !strncmp(arg, "--scenario", strlen("--scenario"));
	g->datagrams |= model && model->transport != TRANSPORT_TCP;
	for (size_t i = 0; i < sizeof(paces) / sizeof(paces[0]); i++)
		g->pace |= !strncmp(arg, paces[i], strlen(paces[i]));
}

char **draw_arguments(int *argc, char **argv)
{
	char **wide = calloc(*argc + 2 * N_LOAD + 1, sizeof(*wide));
	struct given g = {.draw = false};
	int n = 1;

	if (!wide) {
		warn("cannot allocate memory for the arguments");
		return NULL;
	}
	for (int i = 1; i < *argc; i++)
		look(&g, argv[i]);
	wide[0] = argv[0];
	for (size_t i = 0; i < N_LOAD && g.draw && !g.scenario; i++) {
		if ((load[i].of_pace && g.pace) || (load[i].of_streams && g.datagrams))
			continue;
		wide[n++] = (char *)load[i].option;
		wide[n++] = (char *)load[i].value;
	}
	memcpy(wide + n, argv + 1, (*argc - 1) * sizeof(*wide));
	*argc += n - 1;
	return wide;
}
