// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Options that several commands have: the address, and those of a server. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "options.h"

#define WORKERS_MAX 1024

uint64_t option_number(struct argp_state *state, const char *name, const char *arg, uint64_t min,
		       uint64_t max)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(arg, &end, 10);
	/* strtoull would take blanks and a minus sign, and turn "-1" into a huge number. */
	if (arg[0] < '0' || arg[0] > '9' || *end || errno || n < min || n > max)
		argp_error(state, "--%s: \"%s\" is not a whole number from %llu to %llu", name, arg,
			   (unsigned long long)min, (unsigned long long)max);
	return n;
}

double option_real(struct argp_state *state, const char *name, const char *arg, double min,
		   double max)
{
	bool plain = arg[0] && arg[strspn(arg, "0123456789.")] == '\0';
	char *end = NULL;
	double x = plain ? strtod(arg, &end) : 0;

	if (!plain || *end || x < min || x > max)
		argp_error(state, "--%s: \"%s\" is not a number from %g to %g", name, arg, min,
			   max);
	return x;
}

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

	if (!model)
		argp_error(state, "no model \"%s\"; did you mean %s? The models are %s", name,
			   model_nearest(name)->name, model_list(has_any, 0));
	return model;
}

static void check_address(struct argp_state *state, const char *arg)
{
	struct address address;

	if (!address_parse(arg, 0, &address))
		argp_error(state, "--address: \"%s\" is not a numeric IPv4 or IPv6 address", arg);
}

static error_t parse_address(int key, char *arg, struct argp_state *state)
{
	struct address_options *opt = state->input;

	switch (key) {
	case 'a':
		check_address(state, arg);
		opt->address = arg;
		return 0;
	case 'p':
		opt->port = option_number(state, "port", arg, 0, 65535);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option address_list[] = {
	{.name = "address",
	 .key = 'a',
	 .arg = "ADDRESS",
	 .doc = "numeric IPv4 or IPv6 address (127.0.0.1)"},
	{.name = "port",
	 .key = 'p',
	 .arg = "N",
	 .doc = "port (10086); 0: any free one, for a server"},
	{0},
};
const struct argp address_argp = {.options = address_list, .parser = parse_address};

void address_say_public(const struct address_options *opt)
{
	struct address address;

	if (address_parse(opt->address, opt->port, &address) && !address_is_loopback(&address))
		warnx("%s is not the loopback: everyone who can reach this machine can reach the "
		      "server",
		      opt->address);
}

unsigned option_fault(struct argp_state *state, const char *what, const char *name)
{
	const struct fault_name *fault = fault_find(name);
	char list[512];
	size_t len = 0;

	if (fault)
		return fault->fault;
	for (size_t i = 0; i < n_faults && len < sizeof(list); i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "",
				faults[i].name);
	argp_error(state, "%s: no fault \"%s\"; there are %s", what, name, list);
	return 0;
}

enum { OPT_READ_SIZE = 0x100, OPT_THREADS, OPT_PROCS, OPT_FAULT };

static error_t parse_server(int key, char *arg, struct argp_state *state)
{
	struct server_options *opt = state->input;

	switch (key) {
	case OPT_READ_SIZE:
		opt->read_size = option_number(state, "read-size", arg, 1, SERVER_READ_MAX);
		return 0;
	case OPT_THREADS:
		opt->threads = option_number(state, "threads", arg, 1, WORKERS_MAX);
		return 0;
	case OPT_PROCS:
		opt->procs = option_number(state, "procs", arg, 1, WORKERS_MAX);
		return 0;
	case OPT_FAULT:
		opt->faults |= option_fault(state, "--fault", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option server_list[] = {
	{.name = "read-size",
	 .key = OPT_READ_SIZE,
	 .arg = "BYTES",
	 .doc = "bytes the server asks for by one read (4096)"},
	{.name = "threads", .key = OPT_THREADS, .arg = "N", .doc = "threads of epoll-oneshot (4)"},
	{.name = "procs", .key = OPT_PROCS, .arg = "N", .doc = "processes of epoll-exclusive (4)"},
	{.name = "fault",
	 .key = OPT_FAULT,
	 .arg = "NAME",
	 .doc = "make the server wrong in this way, may be repeated: see \"wakelab models\""},
	{0},
};
const struct argp server_argp = {.options = server_list, .parser = parse_server};

void server_options_init(struct server_options *opt)
{
	*opt = (struct server_options){
		.address = "127.0.0.1",
		.port = SERVER_PORT,
		.read_size = SERVER_READ_SIZE,
	};
}

void server_options_check(struct argp_state *state, const struct io_model *model,
			  const struct server_options *opt)
{
	for (size_t i = 0; i < n_faults; i++)
		if ((opt->faults & faults[i].fault) && !has_fault(model, faults[i].fault))
			argp_error(state, "%s has no fault %s; it belongs to %s", model->name,
				   faults[i].name, model_list(has_fault, faults[i].fault));
	if (opt->threads && model->workers != WORKERS_THREADS)
		argp_error(state, "%s has no --threads; that is for %s", model->name,
			   model_list(has_workers, WORKERS_THREADS));
	if (opt->procs && model->workers != WORKERS_PROCS)
		argp_error(state, "%s has no --procs; that is for %s", model->name,
			   model_list(has_workers, WORKERS_PROCS));
}

void conns_check(struct argp_state *state, const struct io_model *model,
		 const struct load_options *opt)
{
	if (model->max_conns && opt->conns > model->max_conns)
		argp_error(state,
			   "%s holds at most %u connections, not %u (%s); %s have no such limit",
			   model->name, model->max_conns, opt->conns, model->waits,
			   model_list(has_room, opt->conns));
}

void datagrams_check(struct argp_state *state, const struct io_model *model, size_t read_size,
		     const struct load_options *opt)
{
	if (model->transport == TRANSPORT_UDP && opt->size > read_size)
		argp_error(state,
			   "--size %zu: %s reads at most %zu bytes of a datagram, and the rest is "
			   "lost; give --read-size %zu",
			   opt->size, model->name, read_size, opt->size);
}

void transport_check(struct argp_state *state, const struct io_model *first,
		     const struct io_model *model)
{
	static const char *const names[] = {[TRANSPORT_TCP] = "TCP", [TRANSPORT_UDP] = "UDP"};

	if (first->transport != model->transport)
		argp_error(state, "no load fits both: %s speaks %s and %s %s; with %s go %s",
			   first->name, names[first->transport], model->name,
			   names[model->transport], first->name,
			   model_list(has_transport, first->transport));
}
