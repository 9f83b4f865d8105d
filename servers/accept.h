/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Taking clients in, also when descriptors run out. */
#ifndef WAKELAB_ACCEPT_H
#define WAKELAB_ACCEPT_H

#include <sys/socket.h>

#include "conn.h"

/*
 * Accepts once. False: nobody was waiting, or the listener is shut down (then stopping is set).
 * True: one client was dealt with, and *conn is its connection, or NULL when it could not be kept.
 * With SOCK_NONBLOCK in flags the connection never blocks, with 0 it does: on Linux it has nothing
 * of that from its listener.
 */
bool conn_accept(struct server *s, int flags, struct conn **conn);
/* A descriptor held in reserve for conn_accept(); false with errno. */
bool spare_open(void);
/*
 * An accept found no free descriptor: give up the spare one, so that the next accept succeeds.
 * False when there was none to give.
 */
bool spare_give(void);
/* After that accept: takes the spare one back. False: fd had to be closed for it, and counts as
 * refused. */
bool spare_take(struct server *s, int fd);
/* Accounts for an accepted descriptor and sets its options. */
void client_accepted(struct server *s, int fd);

#endif
