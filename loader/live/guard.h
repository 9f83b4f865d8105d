/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A process that does nothing but to wait for the end of this one: if that comes while the terminal
 * is taken, by SIGKILL or a crash, it makes the terminal as it was before. */
#ifndef WAKELAB_GUARD_H
#define WAKELAB_GUARD_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct guard {
	pid_t pid;
	int word; /* what is told to it; its end is that of this process */
};

/* How a terminal was before, how we have set it, and what is written to leave the screen. */
struct taken {
	int fd;
	struct termios before, ours;
	const char *leave;
};

/* Returns 0, or -1 after one line on stderr. */
int guard_start(struct guard *g, const struct taken *taken);

/* Whether there is something to restore. */
void guard_tell(const struct guard *g, bool taken);

/* The terminal is as before. */
void guard_end(struct guard *g);

/* Sets the terminal as it was before, unless somebody else has set it meanwhile. */
void taken_restore(const struct taken *taken);

#endif
