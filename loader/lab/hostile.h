/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Clients that do to an echo server over TCP what networks do: each is one connection. */
#ifndef WAKELAB_HOSTILE_H
#define WAKELAB_HOSTILE_H

#include <netinet/in.h>
#include <stdbool.h>

#include "patience.h"

struct hostile;

/* NULL: there is none of that name. */
const struct hostile *hostile_find(const char *name);

/*
 * Connects to the server and does what the client does: true if the server took it as it should. It
 * gives up when nothing happens for 2 s, and after 10 s in all, which patience makes longer. *kept
 * is a descriptor that stays open for the caller to close, or -1: "silent", "deaf-stays" and
 * "stays" that went well leave theirs open.
 */
bool hostile_act(const struct hostile *h, const struct sockaddr_in *server,
		 const struct patience *patience, int *kept);

#endif
