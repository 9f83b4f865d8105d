/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How long a server is waited for, and telling what is waited for once that takes a while. */
#ifndef WAKELAB_PATIENCE_H
#define WAKELAB_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct patience {
	unsigned times; /* the usual time so many times: more where the machine is busy */
	/* told of a wait that has lasted for 2 s, and how much longer it may; NULL: nobody is */
	void (*say)(void *arg, const char *what, unsigned seconds);
	void *arg;
};

/* A wait that is under way. Time counts only while this process runs: one that was stopped has not
 * waited. */
struct wait {
	const struct patience *patience;
	const char *what; /* as in "waiting for ..."; NULL: nothing is said */
	uint64_t limit;   /* ns, in all */
	uint64_t spent, last;
	bool said;
};

/* ms: of the usual time. */
struct wait wait_begin(const struct patience *p, const char *what, unsigned ms);

/* Takes account of the time since it was called last. False: the wait is over. To be called at
 * least ten times a second. */
bool wait_goes_on(struct wait *w);

#endif
