/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Clients that do to an echo server over TCP what networks do: each is one connection. */
#ifndef WAKELAB_HOSTILE_H
#define WAKELAB_HOSTILE_H

#include <netinet/in.h>
#include <stdbool.h>

struct hostile {
	const char *name;
	/*
	 * Connects to the server and does what it does: true if the server took it as it should. It
	 * gives up when nothing happens for 2 s, and after a minute in all. *kept is a descriptor
	 * that stays open for the caller to close, or -1: "silent", and "deaf-stays" and "stays"
	 * that went well, leave theirs open.
	 */
	bool (*act)(const struct sockaddr_in *server, int *kept);
};

/* NULL: there is none of that name. */
const struct hostile *hostile_find(const char *name);

#endif
