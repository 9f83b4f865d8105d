/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The options that several commands have: of a server, of a load; and how a value is read. */
#ifndef WAKELAB_OPTIONS_H
#define WAKELAB_OPTIONS_H

#include "load.h"
#include "models.h"
#include "reading.h"

/* --address and --port of a server. */
struct address_options {
	const char *address;
	unsigned port;
};
/* Their groups; --port is of a server that is started, of each of several, or of one that runs. */
extern const struct option_group address_group, listen_group, each_group, target_group;
/* One line on stderr where others than this machine can reach a server at that address. */
void address_say_public(const struct address_options *opt);

/* Those of a struct server_options; of a struct load_options --conns, and all others. */
extern const struct option_group server_group, conns_group, shape_group;

/*
 * Refuse combinations that cannot work (a fault or workers that the model does not have, a load
 * that its transport cannot carry), before anything starts: one line through argp_error(), which
 * exits with EXIT_USAGE.
 */
void server_options_check(struct argp_state *state, const struct io_model *model,
			  const struct server_options *opt);
void load_options_check(struct argp_state *state, const struct load_options *opt);
/* The same for datagrams that the server would cut: it asks for read_size bytes of one. */
void datagrams_check(struct argp_state *state, const struct io_model *model, size_t read_size,
		     const struct load_options *opt);
/* The same for more connections than the model can hold. */
void conns_check(struct argp_state *state, const struct io_model *model,
		 const struct load_options *opt);

/* Refuses two models that no load fits both, and names those that would fit the first. */
void transport_check(struct argp_state *state, const struct io_model *first,
		     const struct io_model *model);
/* The model named on the command line; an unknown one names what is near, and lists them all. */
const struct io_model *option_model(struct argp_state *state, const char *name);

#endif
