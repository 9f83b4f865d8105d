/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The line with the names of the screens, by number; the mouse finds them there. */
#ifndef WAKELAB_TABS_H
#define WAKELAB_TABS_H

#include "canvas.h"
#include "live_model.h"
#include "look.h"

#define TABS_ROW 5 /* of the screen */

void draw_tabs(struct area a, const struct model *m, const struct look *look);

/* The screen whose name is at a place of the screen; -1: none is. */
int screen_at(const struct model *m, unsigned x, unsigned y);

#endif
