/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The options that several commands have: of a server, of a load; and how a value is read. */
#ifndef WAKELAB_OPTIONS_H
#define WAKELAB_OPTIONS_H

#include <argp.h>

#include "load.h"
#include "models.h"

#define MAX_CONNS 1000000 /* of --conns */

/* --address and --port; its input is a struct address_options. */
struct address_options {
	const char *address;
	unsigned port;
};
extern const struct argp address_argp;
/* One line on stderr where others than this machine can reach a server at that address. */
void address_say_public(const struct address_options *opt);
/* --read-size, --threads, --procs, --fault; its input is a struct server_options. */
extern const struct argp server_argp;
/* --conns, --messages, ... all that shapes a load; its input is a struct load_options. */
extern const struct argp load_argp;
/* The same but for --conns. */
extern const struct argp load_shape_argp;

/* The options as they stand before the command line is read. */
void server_options_init(struct server_options *opt);
void load_options_init(struct load_options *opt);

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

/*
 * The number that option --name was given, in [min, max]; anything else (a sign, a fraction where
 * none is meant, trailing letters, out of range) ends the program through argp_error().
 */
uint64_t option_number(struct argp_state *state, const char *name, const char *arg, uint64_t min,
		       uint64_t max);
double option_real(struct argp_state *state, const char *name, const char *arg, double min,
		   double max);
/* Refuses two models that no load fits both, and names those that would fit the first. */
void transport_check(struct argp_state *state, const struct io_model *first,
		     const struct io_model *model);
/* The fault of that name, for the option or argument what; an unknown one lists them all. */
unsigned option_fault(struct argp_state *state, const char *what, const char *name);
/* The model named on the command line; an unknown one names the nearest and lists them all. */
const struct io_model *option_model(struct argp_state *state, const char *name);

#endif
