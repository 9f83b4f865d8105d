// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "terminal.h"

#include <string.h>
#include <unistd.h>

void terminal_note(struct terminal *t)
{
	t->known = !tcgetattr(STDOUT_FILENO, &t->settings);
}

static bool is_same(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
	       a->c_lflag == b->c_lflag && !memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc));
}

void terminal_restore(const struct terminal *t)
{
	struct termios now;

	if (t->known && !tcgetattr(STDOUT_FILENO, &now) && !is_same(&now, &t->settings) &&
	    tcgetpgrp(STDOUT_FILENO) == getpgrp())
		tcsetattr(STDOUT_FILENO, TCSANOW, &t->settings);
}
