/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The frame around a screen: who and where, what is true now, the names of the screens, the keys.
 */
#ifndef WAKELAB_FRAME_H
#define WAKELAB_FRAME_H

#include "canvas.h"
#include "live_model.h"
#include "look.h"

#define LEAST_WIDTH  80
#define LEAST_HEIGHT 24

/* Draws the screen at which the user is, with its frame. */
void draw_frame(struct canvas *c, const struct model *m, struct look *look);

#endif
