// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* An interface by its name or its number; 0: there is none. */
static uint32_t interface_index(const char *text)
{
	char *end;
	unsigned long index = strtoul(text, &end, 10);

	if (*text >= '0' && *text <= '9' && !*end)
		return index <= UINT32_MAX ? index : 0;
	return if_nametoindex(text);
}

static bool parse_v6(const char *text, struct sockaddr_in6 *sa)
{
	const char *scope = strchr(text, '%');
	size_t len = scope ? (size_t)(scope - text) : strlen(text);
	char bare[INET6_ADDRSTRLEN];

	if (len >= sizeof(bare))
		return false;
	memcpy(bare, text, len);
	bare[len] = '\0';
	if (scope && !(sa->sin6_scope_id = interface_index(scope + 1)))
		return false;
	return inet_pton(AF_INET6, bare, &sa->sin6_addr) == 1;
}

bool address_parse(const char *text, unsigned port, struct address *address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&address->sa;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address->sa;

	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		address->len = sizeof(*v4);
		return true;
	}
	if (!parse_v6(text, v6))
		return false;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	address->len = sizeof(*v6);
	return true;
}

unsigned address_port(const struct address *address)
{
	bool v6 = address->sa.ss_family == AF_INET6;

	return ntohs(v6 ? ((const struct sockaddr_in6 *)&address->sa)->sin6_port
			: ((const struct sockaddr_in *)&address->sa)->sin_port);
}

bool address_is_loopback(const struct address *address)
{
	const struct in6_addr *v6 = &((const struct sockaddr_in6 *)&address->sa)->sin6_addr;
	const struct in_addr *v4 = &((const struct sockaddr_in *)&address->sa)->sin_addr;

	if (address->sa.ss_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(v6))
		return IN6_IS_ADDR_LOOPBACK(v6);
	if (address->sa.ss_family == AF_INET6)
		return v6->s6_addr[12] == IN_LOOPBACKNET;
	return ntohl(v4->s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
}
