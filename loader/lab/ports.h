/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Ports of 127.0.0.1 for servers that are about to be started. */
#ifndef WAKELAB_PORTS_H
#define WAKELAB_PORTS_H

#include <stdbool.h>

/*
 * A port that nobody has. No other wakelab of this user is given it until *lock is closed; where
 * locks cannot be had, *lock is -1, and two that ask at once get the same one in 16384. Returns 0
 * after one line on stderr.
 */
unsigned ports_take(bool udp, int *lock);

/* Whether nobody has it. */
bool ports_free(unsigned port, bool udp);

/* Whether clients can come to 127.0.0.1 at all; else errno says why not. */
bool ports_reachable(void);

#endif
