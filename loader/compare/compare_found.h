/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which findings the subjects of a comparison have, and in how many of their rounds. */
#ifndef WAKELAB_COMPARE_FOUND_H
#define WAKELAB_COMPARE_FOUND_H

#include "compare.h"

/* Takes in what was found in one more round of a subject. */
void found_in_round(struct comparison *c, unsigned subject, const struct outcome *o);

/* Whether any subject has what a rule tells of; whether one has it in every round and another in
 * none, of two rounds or more. */
bool found_by_any(const struct comparison *c, unsigned rule);
bool found_differs(const struct comparison *c, unsigned rule);

/* A sentence for each rule that sets subjects apart; at most max, of SENTENCE_SIZE bytes. Gives
 * their number. */
unsigned found_sentences(const struct comparison *c, char sentences[][SENTENCE_SIZE], unsigned max);

#endif
