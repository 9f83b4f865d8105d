// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Anybody can write anybody's address on a datagram. With the address of one echo server on it,
 * another one sends its echo there, which comes back as the next message, and so on for ever.
 *
 * So an echo is marked, and no server takes in what is marked. The mark is the number of hops that
 * a datagram may still take: systems begin with 64 or more, we begin with ANSWER_HOPS, and on the
 * way it only becomes less. So no echo of ours has more than that when it arrives, and a client's
 * message has. Below port 1024 are well-known servers, the echo of others among them; no clients.
 */
#include "datagram.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <sys/socket.h>

#include "address.h"
#include "stopping.h"

#define DATAGRAM_MAX 65536
#define ANSWER_HOPS  32 /* enough for any way through the Internet */
#define CLIENT_PORT  1024

#define LOAD(size, offset)     BPF_STMT(BPF_LD | BPF_ABS | (size), (offset))
#define IP_HEADER(type, field) (SKF_NET_OFF + (int)offsetof(type, field))

/* The kernel runs it on each datagram for the socket, from its UDP header on. */
static struct sock_filter from_a_client[] = {
	LOAD(BPF_B, SKF_NET_OFF),
	BPF_STMT(BPF_ALU | BPF_RSH, 4), /* the version of IP; a socket may have both */
	BPF_JUMP(BPF_JMP | BPF_JEQ, 6, 0, 2),
	LOAD(BPF_B, IP_HEADER(struct ip6_hdr, ip6_hops)),
	BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
	LOAD(BPF_B, IP_HEADER(struct iphdr, ttl)),
	BPF_JUMP(BPF_JMP | BPF_JGT, ANSWER_HOPS, 0, 3),
	LOAD(BPF_H, offsetof(struct udphdr, source)),
	BPF_JUMP(BPF_JMP | BPF_JGE, CLIENT_PORT, 0, 1),
	BPF_STMT(BPF_RET, UINT32_MAX), /* keep all of it */
	BPF_STMT(BPF_RET, 0),
};

int datagram_guard(int fd, int family)
{
	const struct sock_fprog program = {
		.len = sizeof(from_a_client) / sizeof(from_a_client[0]),
		.filter = from_a_client,
	};
	int hops = ANSWER_HOPS;

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) ||
	    setsockopt(fd, IPPROTO_IP, IP_TTL, &hops, sizeof(hops)))
		return -1;
	if (family == AF_INET6)
		return setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof(hops));
	return 0;
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

	ssize_t sent;

	/* A full output queue empties by itself, at the speed of the link: try until it has room.
	 */
	while ((sent = sendto(s->fd, buf, n, 0, sa, from.len)) < 0 && errno == EAGAIN && !stopping)
		tally_add(&s->tally->eagain, 1);
	if (sent > 0)
		tally_add(&s->tally->bytes_out, sent);
	return true;
}
