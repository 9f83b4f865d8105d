// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "serve.h"

#include <err.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "accept.h"
#include "datagram.h"
#include "stop.h"

#define DATAGRAM_QUEUE (8 << 20) /* bytes of datagrams that may wait to be read */

struct tally *tally_map(void)
{
	void *p = mmap(NULL, sizeof(struct tally), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void raise_descriptor_limit(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) == 0 && lim.rlim_cur < lim.rlim_max) {
		lim.rlim_cur = lim.rlim_max;
		setrlimit(RLIMIT_NOFILE, &lim);
	}
}

static int prepare_socket(int fd, bool tcp, int family)
{
	int on = 1, bytes = DATAGRAM_QUEUE;

	if (tcp)
		return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	return datagram_guard(fd, family);
}

static int open_socket(const struct server *s, const struct address *address)
{
	bool tcp = s->model->transport == TRANSPORT_TCP;
	int family = address->sa.ss_family;
	int fd = socket(family, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (prepare_socket(fd, tcp, family) == 0 &&
	    bind(fd, (const struct sockaddr *)&address->sa, address->len) == 0 &&
	    (!tcp || listen(fd, SOMAXCONN) == 0))
		return fd;

	int err = errno;

	close(fd);
	errno = err;
	return -1;
}

static unsigned bound_port(int fd)
{
	struct address bound = {.len = sizeof(bound.sa)};

	getsockname(fd, (struct sockaddr *)&bound.sa, &bound.len);
	return address_port(&bound);
}

static const char *remedy(int err)
{
	switch (err) {
	case EADDRINUSE:
		return "; choose another with --port, or 0 for any free one";
	case EACCES:
		return "; ports below 1024 need privileges: choose another with --port";
	case EADDRNOTAVAIL:
		return "; no interface has that address: choose one that \"ip address\" lists";
	case EAFNOSUPPORT:
		return "; this kernel does not support that address family: try --address "
		       "127.0.0.1";
	default:
		return "";
	}
}

int server_open(struct server *s)
{
	struct address address;

	if (!address_parse(s->opt.address, s->opt.port, &address)) {
		warnx("cannot listen on %s: it is not a numeric IPv4 or IPv6 address",
		      s->opt.address);
		return -1;
	}
	raise_descriptor_limit();
	if (!s->opt.threads)
		s->opt.threads = SERVER_WORKERS;
	if (!s->opt.procs)
		s->opt.procs = SERVER_WORKERS;
	s->fd = open_socket(s, &address);
	if (s->fd < 0) {
		bool v6 = address.sa.ss_family == AF_INET6;

		warnx("cannot listen on %s%s%s:%u: %s%s", v6 ? "[" : "", s->opt.address,
		      v6 ? "]" : "", s->opt.port, strerror(errno), remedy(errno));
	} else {
		s->opt.port = bound_port(s->fd);
	}
	return s->fd < 0 ? -1 : 0;
}

int server_run(struct server *s)
{
	int err = -1;

	mallopt(M_ARENA_MAX, 4); /* else malloc() reads the number of processors from /sys, later */
	server_signals(s);
	if (s->model->transport == TRANSPORT_TCP && !spare_open())
		warn("%s: cannot open /dev/null", s->model->name);
	else
		err = s->model->serve(s);
	listening_fd = -1;
	close(s->fd);
	s->fd = -1;
	return err;
}
