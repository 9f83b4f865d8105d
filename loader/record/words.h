/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Texts that are kept once each, for as long as all of them. */
#ifndef WAKELAB_WORDS_H
#define WAKELAB_WORDS_H

#include <stddef.h>

#define MAX_KEPT_WORDS 4096 /* far more than wakelab has */
#define MAX_WORD       256  /* bytes; the rest of a longer one is left out */

struct words {
	char *texts[2 * MAX_KEPT_WORDS]; /* by what they hash to */
	unsigned n;
};

/* The text, made visible(): it passes for one of wakelab's own. NULL: there are too many, or there
 * is no memory. */
const char *words_keep(struct words *w, const char *text, size_t len);
void words_free(struct words *w);

#endif
