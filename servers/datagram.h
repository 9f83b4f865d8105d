/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The echo of the UDP models. */
#ifndef WAKELAB_DATAGRAM_H
#define WAKELAB_DATAGRAM_H

#include "model.h"

/*
 * Echoes one datagram; false when there was none (EAGAIN). One that claims to come from this very
 * socket is read and dropped: the answer would be the next such.
 */
bool datagram_echo(struct server *s);

#endif
