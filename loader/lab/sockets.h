/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The sockets of processes, as /proc has them at the moment: looking does not disturb them. */
#ifndef WAKELAB_SOCKETS_H
#define WAKELAB_SOCKETS_H

#include <stdbool.h>

#include "descendants.h"

#define MAX_SOCKETS 4096

struct open_socket {
	unsigned long inode;
	int fd; /* in one of the processes that have it */
};

struct sockets {
	struct open_socket open[MAX_SOCKETS];
	unsigned n;
};

/* Those that the processes have open, each once. Of more than MAX_SOCKETS the rest is left out. */
void sockets_of(const struct descendants *processes, struct sockets *s);

/* A port that one of them listens on, or with udp has; 0: none does. The wanted one, if it is among
 * several. */
unsigned sockets_port(const struct sockets *s, bool udp, unsigned wanted);

/* How many are in now that are not in before; fd gets the lowest descriptor of these, or -1. */
unsigned sockets_more(const struct sockets *before, const struct sockets *now, int *fd);

#endif
