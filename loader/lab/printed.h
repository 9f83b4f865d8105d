/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a program prints: however much it is, it is taken, and only the end of it kept. */
#ifndef WAKELAB_PRINTED_H
#define WAKELAB_PRINTED_H

#include <pthread.h>

#define PRINTED_KEPT 1024

struct printed {
	int from; /* the pipe's end that a thread reads */
	int stop; /* an eventfd that ends it */
	pthread_t thread;
	unsigned long long bytes;
	char kept[2 * PRINTED_KEPT + 1]; /* its last bytes, a string */
};

/* Begins to read. Gives the end of a pipe that a program is to print to, which the caller closes
 * once the program has it; -1 after one line on stderr. */
int printed_begin(struct printed *p);

/* Ends it: bytes and kept have all that came before, at most PRINTED_KEPT bytes from a line's
 * beginning on. */
void printed_end(struct printed *p);

#endif
