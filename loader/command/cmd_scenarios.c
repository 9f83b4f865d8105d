// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab scenarios: the runs that have a name, and what to look at in each. */
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "layout.h"
#include "reading.h"
#include "scenarios.h"

int cmd_scenarios(int argc, char **argv)
{
	struct layout l;

	options_read(&(struct reading){.command = "scenarios"}, argc, argv);
	layout_begin(&l, stdout, STDOUT_FILENO, false);
	for (size_t i = 0; i < n_scenarios; i++) {
		const struct scenario *s = &scenarios[i];

		lay(&l, "%s%s\n  " HANG "%s\n  expect   " HANG "%s\n", i ? "\n" : "", s->name,
		    s->what, s->shows);
		if (s->finding)
			lay(&l, "  finding  %s\n", s->finding);
		lay_command(&l, "  wakelab run", s->args);
	}
	return EXIT_DONE;
}
