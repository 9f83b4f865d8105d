/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Whether this process can trace on this kernel, and if not, why and what to do: one list of
 * questions, asked by every command that traces and shown whole by wakelab doctor. */
#ifndef WAKELAB_DIAGNOSIS_H
#define WAKELAB_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#define MAX_ANSWERS 16

struct answer {
	const char *name; /* of what was asked */
	char value[160];  /* the answer */
	bool stops;       /* nothing can be traced with that answer */
	char remedy[200]; /* then what to do; else what it means, if anything */
};

/* Asks all questions; once one stops, those that need its answer are left out. Gives their number.
 */
unsigned diagnose(struct answer answers[MAX_ANSWERS]);

/* Returns 0, or EXIT_UNABLE after one line on stderr with the reason and the remedy; what names the
 * command that asks. */
int diagnose_for(const char *what);

/* The first answer that stops, as that line has it: "run needs ..."; in buf; false: none does. */
bool diagnosis_text(const struct answer *answers, unsigned n, const char *what, char *buf,
		    size_t len);

#endif
