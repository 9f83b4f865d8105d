/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a run came to, in words, for somebody who has not read what each number means. */
#ifndef WAKELAB_MEANING_H
#define WAKELAB_MEANING_H

#include "sink.h"

#define MEANING_SENTENCES 3 /* at most: the most important ones */
#define MEANING_SIZE      1024

/*
 * Makes the sentences that the totals allow, the most important first, and gives their number. Each
 * is true for the numbers that it names. They may hold text from outside as it came: whoever shows
 * them makes them visible().
 */
unsigned meaning(const struct snapshot *total, const struct run_end *end,
		 char sentences[MEANING_SENTENCES][MEANING_SIZE]);

#endif
