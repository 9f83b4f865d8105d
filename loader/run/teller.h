/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Events on their way from the ring to the output. */
#ifndef WAKELAB_TELLER_H
#define WAKELAB_TELLER_H

#include "event_counts.h"
#include "loop.h"

/* Begins to wait for events, if the session tells any. Returns 0 or -1 after one line on stderr. */
int teller_open(struct loop *l);
void teller_close(struct loop *l);

/* The ring has something to be told of: that is, soon, with what comes until then. */
void teller_rung(struct loop *l);
/* The time for that has come. */
void teller_look(struct loop *l);

/* Tells what is left; nothing comes any more. */
void teller_finish(struct loop *l);

/* How many there were. */
struct event_counts teller_counts(const struct loop *l);

#endif
