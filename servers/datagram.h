/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The echo of the UDP models. */
#ifndef WAKELAB_DATAGRAM_H
#define WAKELAB_DATAGRAM_H

#include "model.h"

/*
 * Keeps a socket that is not bound yet from the answers of servers: from those of any other that
 * this was called for, and its own, wherever they come from; and from all ports below 1024. They
 * are dropped before they wake anybody. 0, or -1 with errno.
 */
int datagram_guard(int fd, int family);
/* Echoes one datagram; false when there was none (EAGAIN). */
bool datagram_echo(struct server *s);

#endif
