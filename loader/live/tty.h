/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The one terminal: canvases are shown there, and keys come from there. What curses writes is kept
 * in memory and handed to the caller, who writes it as the rest of its output: a terminal that
 * takes nothing holds nobody up.
 */
#ifndef WAKELAB_TTY_H
#define WAKELAB_TTY_H

#include <stdbool.h>
#include <stdio.h>

#include "canvas.h"

/* Takes the terminal, which is as before from tty_close() on, or once this process has ended in
 * whichever way. Returns 0, or -1 after one line on stderr. */
int tty_open(FILE *out, bool color);
void tty_close(FILE *out);

/* Gives it back for as long as the process is stopped, and takes it again. */
void tty_leave(FILE *out);
void tty_return(FILE *out);

bool tty_utf8(void);
/* The size that it has now. */
void tty_size(unsigned *width, unsigned *height);

/* What is to be written to show a canvas in the place of what is shown. */
void tty_show(FILE *out, const struct canvas *c);
/* The next one is shown as if nothing was on the screen. */
void tty_forget(void);

/* The descriptor that keys come from; -1: the terminal is not taken. */
int tty_keys(void);

/* The next of what was pressed, see enum press; PRESS_NONE: nothing more. click: where, if it was
 * the mouse; else x is -1. */
int tty_read(int *x, int *y);

#endif
