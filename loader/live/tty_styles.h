/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How each style looks, by how many colours the terminal has. Blue and orange, with light and dark
 * apart: they are told apart by people with poor colour vision, too, on black and on white. */
#ifndef WAKELAB_TTY_STYLES_H
#define WAKELAB_TTY_STYLES_H

#include <stdbool.h>

#include "canvas.h"

/* For the screen that curses has. Without colour, and where there are none, by bold, dim and
 * reverse alone. */
void styles_begin(bool color);

/* What is put from here on has that style. */
void styles_set(enum style style);

#endif
