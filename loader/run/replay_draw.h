/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_REPLAY_DRAW_H
#define WAKELAB_REPLAY_DRAW_H

#include "replay.h"

/* Draws n recordings of runs (1 to DRAWN_LANES), beside each other: the events that opt asks for.
 * Returns an exit status: EXIT_FAILED, after one line on stderr, where one cannot be drawn. */
int replay_draw(const struct replay *opt, char *const paths[], unsigned n);

#endif
