// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab models: the models, and the faults that they can be given. */
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "layout.h"
#include "models.h"
#include "reading.h"

static void print_models(struct layout *l)
{
	static const struct column columns[] = {
		{.title = "MODEL", .least = 16, .most = 17, .left = true},
		{.title = "HOW IT WAITS", .least = 40, .most = 42, .left = true},
		{.title = "SYSTEM CALLS", .least = 36, .most = 38, .rank = 1, .left = true},
		{.title = "VIA", .least = 4, .most = 4, .rank = 2, .left = true}};
	struct grid g;

	grid_fit(&g, l, columns, sizeof(columns) / sizeof(columns[0]));
	grid_head(l, &g, NULL);
	for (size_t i = 0; i < n_models; i++)
		grid_row(l, &g,
			 (const char *const[]){models[i].name, models[i].waits, models[i].syscalls,
					       models[i].transport == TRANSPORT_TCP ? "TCP"
										    : "UDP"});
}

static bool has(const struct io_model *model, const struct fault_name *fault)
{
	return model->faults & fault->fault;
}

/* Whether all models of TCP can have a fault, and no others. */
static bool is_of_all_tcp(const struct fault_name *fault)
{
	for (size_t i = 0; i < n_models; i++)
		if (has(&models[i], fault) != (models[i].transport == TRANSPORT_TCP))
			return false;
	return true;
}

/* The models that can have a fault. */
static void print_owners(struct layout *l, const struct fault_name *fault)
{
	const char *mark = "";

	if (is_of_all_tcp(fault)) {
		lay(l, "all TCP models");
		return;
	}
	for (size_t i = 0; i < n_models; i++)
		if (has(&models[i], fault)) {
			lay(l, "%s%s", mark, models[i].name);
			mark = ", ";
		}
}

static void print_faults(struct layout *l)
{
	lay(l, "%-16s  %s\n", "--fault", "WHAT GOES WRONG (MODELS): FINDING");
	for (size_t i = 0; i < n_faults; i++) {
		lay(l, "%-16s  " HANG "%s (", faults[i].name, faults[i].what);
		print_owners(l, &faults[i]);
		lay(l, "): %s\n", faults[i].finding);
	}
}

int cmd_models(int argc, char **argv)
{
	struct layout l;

	options_read(&(struct reading){.command = "models"}, argc, argv);
	layout_begin(&l, stdout, STDOUT_FILENO, false);
	print_models(&l);
	lay(&l, "\n");
	print_faults(&l);
	lay(&l,
	    "\nTo provoke one: wakelab run --scenario NAME (\"wakelab scenarios\" lists them)\n");
	return EXIT_DONE;
}
