// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab models: the models, and the faults that they can be given. */
#include <stdio.h>

#include "command.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	argp_error(state, "takes no argument: \"%s\"", arg);
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.doc = "The I/O models, one line each: how it waits, the syscalls that it lives on, its "
	       "transport. Then the faults that \"wakelab serve\" and \"wakelab run\" can switch "
	       "on."
	       "\vEXAMPLES:\n"
	       "  wakelab models                                  all of them\n"
	       "  wakelab serve epoll-lt                          run one\n"
	       "  wakelab serve epoll-lt --fault lt-always-out    run one that is wrong on purpose",
};

static void print_owners(const struct fault_name *fault)
{
	if (fault->fault == FAULT_NO_NODELAY) {
		printf("all of TCP\n");
		return;
	}
	for (size_t i = 0; i < n_models; i++)
		if (models[i].faults & fault->fault)
			printf("%s\n", models[i].name);
}

int cmd_models(int argc, char **argv)
{
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	printf("%-15s  %-40s  %-36s %s\n", "MODEL", "IT WAITS", "IT LIVES ON", "OVER");
	for (size_t i = 0; i < n_models; i++)
		printf("%-15s  %-40s  %-36s %s\n", models[i].name, models[i].waits,
		       models[i].syscalls, models[i].transport == TRANSPORT_TCP ? "TCP" : "UDP");

	printf("\n%-16s  %-55s  %s\n", "--fault", "WHAT GOES WRONG", "IN");
	for (size_t i = 0; i < n_faults; i++) {
		printf("%-16s  %-55s  ", faults[i].name, faults[i].what);
		print_owners(&faults[i]);
	}
	printf("\nThe load that provokes one: wakelab run --scenario NAME (wakelab scenarios)\n");
	return EXIT_DONE;
}
