// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "datagram.h"

#include <errno.h>
#include <sys/socket.h>

#include "address.h"
#include "stopping.h"

#define DATAGRAM_MAX 65536

/* Whether this socket is what sent from there: bound to that address, or to all. */
static bool is_own(const struct server *s, const struct address *from)
{
	struct address own = {.len = sizeof(own.sa)};

	if (address_port(from) != s->opt.port ||
	    getsockname(s->fd, (struct sockaddr *)&own.sa, &own.len))
		return false;
	return address_is_any(&own) ? address_is_local(from) : address_same(&own, from);
}

bool datagram_echo(struct server *s)
{
	static char buf[DATAGRAM_MAX];
	size_t size = s->opt.read_size < sizeof(buf) ? s->opt.read_size : sizeof(buf);
	struct address from = {.len = sizeof(from.sa)};
	struct sockaddr *sa = (struct sockaddr *)&from.sa;
	ssize_t n = recvfrom(s->fd, buf, size, 0, sa, &from.len);

	if (n < 0 && errno == EAGAIN) {
		tally_add(&s->tally->eagain, 1);
		return false;
	}
	if (n < 0)
		return true;
	if (n > 0)
		tally_add(&s->tally->reads, 1);
	tally_add(&s->tally->bytes_in, n);
	if (is_own(s, &from))
		return true;

	ssize_t sent;

	/* A full output queue empties by itself, at the speed of the link: try until it has room.
	 */
	while ((sent = sendto(s->fd, buf, n, 0, sa, from.len)) < 0 && errno == EAGAIN && !stopping)
		tally_add(&s->tally->eagain, 1);
	if (sent > 0)
		tally_add(&s->tally->bytes_out, sent);
	return true;
}
