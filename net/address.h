/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Where a server listens and a client connects: transport, address, port. Addresses are numeric,
 * for a resolver would load libraries at run time.
 */
#ifndef WAKELAB_ADDRESS_H
#define WAKELAB_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#define SERVER_PORT 10086 /* where none is asked for */

enum transport { TRANSPORT_TCP, TRANSPORT_UDP };

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
};

/*
 * A numeric IPv4 or IPv6 address, the latter with "%INTERFACE" (name or number) where it needs one,
 * and a port. False when the text is none.
 */
bool address_parse(const char *text, unsigned port, struct address *address);
/* Whether it is the address of all interfaces; that of one of this machine's; the same as another,
 * whatever their ports. */
bool address_is_any(const struct address *address);
bool address_is_local(const struct address *address);
bool address_same(const struct address *a, const struct address *b);
/* The port in it, 0 .. 65535. */
unsigned address_port(const struct address *address);

#endif
