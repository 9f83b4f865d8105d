/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is known of the terminal by its name. */
#ifndef WAKELAB_TERMINFO_H
#define WAKELAB_TERMINFO_H

/* Whether standard output is a terminal that a screen can be shown on. Returns 0, or an exit status
 * after one line on stderr. */
int terminfo_check(void);

/* What undoes, when it is written there, all that a screen does to it. After terminfo_check(); it
 * lasts. */
const char *terminfo_leave(void);

#endif
