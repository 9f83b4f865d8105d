/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a load needs before its first connect, and gives back after its last close. */
#ifndef WAKELAB_SETUP_H
#define WAKELAB_SETUP_H

#include "load_state.h"

/* Raises the descriptor limit, allocates, opens the epoll and what it watches besides connections.
 * False when the load has failed; load_free() is called in any case. */
bool load_init(struct load *l);
/* Closes and frees all of it; adds up what stayed unanswered. */
void load_free(struct load *l);

#endif
