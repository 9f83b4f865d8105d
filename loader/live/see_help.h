/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_SEE_HELP_H
#define WAKELAB_SEE_HELP_H

#include "canvas.h"
#include "look.h"

/* The keys, and the screens. */
void draw_help(struct area a, const struct look *look);

#endif
