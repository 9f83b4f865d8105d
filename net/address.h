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
/* Whether only this machine can reach it: 127.0.0.0/8, also as IPv6 writes it, and ::1. */
bool address_is_loopback(const struct address *address);
/* The port in it, 0 .. 65535. */
unsigned address_port(const struct address *address);

#endif
