/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the models with an epoll do alike. */
#ifndef WAKELAB_EPOLL_H
#define WAKELAB_EPOLL_H

#include "conn.h"

#define EVENTS_MAX 256 /* reports taken by one epoll_wait */

/*
 * A new epoll with the listener, made non-blocking, registered for events under a NULL pointer;
 * -1 after a line on stderr.
 */
int epoll_open(struct server *s, uint32_t events);
/* Registers a connection under its address, or re-arms it with EPOLL_CTL_MOD. */
void epoll_arm(int ep, struct conn *c, uint32_t events);
/* The same, without a syscall when it is registered for these events already. */
void epoll_want(int ep, struct conn *c, uint32_t events);

#endif
