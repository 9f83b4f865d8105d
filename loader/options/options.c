// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Options that several commands have: of the address, and of a server. */
#include <err.h>
#include <stdio.h>

#include "address.h"
#include "options.h"

static const struct option_row address_rows[] = {
#define ADDRESS_OPTION(...) OPTION_ROW(struct address_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group address_group = OPTION_GROUP(ADDRESS, address_rows);

static const struct option_row listen_rows[] = {
#define LISTEN_OPTION(...) OPTION_ROW(struct address_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group listen_group = OPTION_GROUP(LISTEN, listen_rows);

static const struct option_row each_rows[] = {
#define EACH_OPTION(...) OPTION_ROW(struct address_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group each_group = OPTION_GROUP(EACH, each_rows);

static const struct option_row target_rows[] = {
#define TARGET_OPTION(...) OPTION_ROW(struct address_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group target_group = OPTION_GROUP(TARGET, target_rows);

static const struct option_row server_rows[] = {
#define SERVER_OPTION(...) OPTION_ROW(struct server_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group server_group = OPTION_GROUP(SERVER, server_rows);

/* Names, separated by ", ", of the models that pass the test of has(). */
static const char *model_list(bool (*has)(const struct io_model *, unsigned), unsigned what)
{
	static char list[512];
	size_t len = 0;

	list[0] = '\0';
	for (size_t i = 0; i < n_models; i++)
		if (has(&models[i], what) && len < sizeof(list))
			len += snprintf(list + len, sizeof(list) - len, "%s%s", len ? ", " : "",
					models[i].name);
	return list;
}

static bool has_any(const struct io_model *model, unsigned unused)
{
	(void)model;
	(void)unused;
	return true;
}

static bool has_fault(const struct io_model *model, unsigned fault)
{
	return model->faults & fault;
}

static bool has_room(const struct io_model *model, unsigned conns)
{
	return model->transport == TRANSPORT_TCP &&
	       (!model->max_conns || model->max_conns >= conns);
}

static bool has_transport(const struct io_model *model, unsigned transport)
{
	return model->transport == transport;
}

static bool has_workers(const struct io_model *model, unsigned workers)
{
	return model->workers == workers;
}

const struct io_model *option_model(struct argp_state *state, const char *name)
{
	const struct io_model *model = model_find(name);
	char hint[64];

	if (!model)
		argp_error(state, "unknown model \"%s\"; %sthe models are %s", name,
			   name_hint(model_nearest(name)->name, name, hint, sizeof(hint)),
			   model_list(has_any, 0));
	return model;
}

void address_say_public(const struct address_options *opt)
{
	struct address address;

	if (address_parse(opt->address, opt->port, &address) && !address_is_loopback(&address))
		warnx("warning: %s is not a loopback address, so everyone who can reach this "
		      "machine can reach the server",
		      opt->address);
}

void server_options_check(struct argp_state *state, const struct io_model *model,
			  const struct server_options *opt)
{
	for (size_t i = 0; i < n_faults; i++)
		if ((opt->faults & faults[i].fault) && !has_fault(model, faults[i].fault))
			argp_error(state, "%s cannot have the fault %s; that is for %s",
				   model->name, faults[i].name,
				   model_list(has_fault, faults[i].fault));
	if (opt->threads && model->workers != WORKERS_THREADS)
		argp_error(state, "--threads does not apply to %s; it is for %s", model->name,
			   model_list(has_workers, WORKERS_THREADS));
	if (opt->procs && model->workers != WORKERS_PROCS)
		argp_error(state, "--procs does not apply to %s; it is for %s", model->name,
			   model_list(has_workers, WORKERS_PROCS));
}

void conns_check(struct argp_state *state, const struct io_model *model,
		 const struct load_options *opt)
{
	if (model->max_conns && opt->conns > model->max_conns)
		argp_error(state,
			   "--conns %u is too many for %s, which can hold at most %u (%s); models "
			   "without this limit: %s",
			   opt->conns, model->name, model->max_conns, model->waits,
			   model_list(has_room, opt->conns));
}

void datagrams_check(struct argp_state *state, const struct io_model *model, size_t read_size,
		     const struct load_options *opt)
{
	if (model->transport == TRANSPORT_UDP && opt->size > read_size)
		argp_error(state,
			   "--size %zu is too large for %s, which reads at most %zu bytes of a "
			   "datagram and loses the rest; give --read-size %zu",
			   opt->size, model->name, read_size, opt->size);
}

void transport_check(struct argp_state *state, const struct io_model *first,
		     const struct io_model *model)
{
	static const char *const names[] = {[TRANSPORT_TCP] = "TCP", [TRANSPORT_UDP] = "UDP"};

	if (first->transport != model->transport)
		argp_error(state, "cannot compare %s (%s) with %s (%s): no load fits both; %s: %s",
			   first->name, names[first->transport], model->name,
			   names[model->transport], names[first->transport],
			   model_list(has_transport, first->transport));
}
