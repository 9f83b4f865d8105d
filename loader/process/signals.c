// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "signals.h"

#include <stddef.h>

void signals_that_end(sigset_t *set)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		sigaddset(set, ends[i]);
}

bool signals_ask_for_end(void)
{
	sigset_t pending, ends;

	signals_that_end(&ends);
	return !sigpending(&pending) && sigandset(&ends, &ends, &pending) == 0 &&
	       !sigisemptyset(&ends);
}
