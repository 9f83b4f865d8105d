/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The terminal's settings, which a program of somebody else's may leave other than they were. */
#ifndef WAKELAB_TERMINAL_H
#define WAKELAB_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

struct terminal {
	bool known; /* there is one */
	struct termios settings;
};

void terminal_note(struct terminal *t);

/* Sets them as they were, if they differ. Not from the background, where the terminal is somebody
 * else's, nor where our output goes to another program, which may be a pager: that sets it, too. */
void terminal_restore(const struct terminal *t);

#endif
