// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "terminfo.h"

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <curses.h>
#include <term.h>

#include "exit_status.h"

/* What the terminal has not is NULL, and what no terminal has is -1. */
static bool has(const char *text)
{
	return text && (intptr_t)text != -1;
}

int terminfo_check(void)
{
	const char *term = getenv("TERM");
	int error;

	if (!isatty(STDOUT_FILENO))
		warnx("--live shows a screen, and standard output is not a terminal");
	else if (!term || !*term)
		warnx("--live shows a screen, and TERM does not say on which kind of terminal");
	else if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
		warnx("--live shows a screen, and nothing is known here of a terminal \"%s\" "
		      "(TERM)",
		      term);
	else if (!has(tigetstr("cup")) || !has(tigetstr("clear")))
		warnx("--live shows a screen, and a terminal \"%s\" (TERM) only writes lines",
		      term);
	else
		return 0;
	return EXIT_USAGE;
}

const char *terminfo_leave(void)
{
	static const char *const undone[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
	static char leave[256];
	size_t len = 0;

	if (has(tigetstr("kmous")))
		len += snprintf(leave, sizeof(leave), "\033[?1000l\033[?1002l\033[?1006l");
	for (size_t i = 0; i < sizeof(undone) / sizeof(undone[0]); i++) {
		const char *text = tigetstr(undone[i]);

		if (has(text) && len < sizeof(leave))
			len += snprintf(leave + len, sizeof(leave) - len, "%s", text);
	}
	return leave;
}
