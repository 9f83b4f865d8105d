/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A run that somebody watches on the screen of the live view, and that has keys. Without that view
 * nothing here does anything. */
#ifndef WAKELAB_WATCHED_H
#define WAKELAB_WATCHED_H

#include "loop.h"
#include "run_end.h"

/* Takes what was pressed. */
void loop_on_keys(struct loop *l);

/* A signal came that is not ours: the terminal may have another size. */
void loop_resized(struct loop *l);

/* The run has ended by itself: shows its end, until a key or a signal says that it was seen. */
void loop_linger(struct loop *l, const struct run_end *end);

#endif
