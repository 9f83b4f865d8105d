// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What the article's servers have in common: a port from the command line, a backlog of 32,
 * time-outs of 500 ms, and one answer to whatever they are sent.
 */
#ifndef ARTICLE_H
#define ARTICLE_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG  32
#define TIMEOUT  500  /* ms */
#define BUFFER   1024 /* bytes that a read takes at most */
#define GREETING "Welcome to the old server.\n"
#define LENGTH   (sizeof(GREETING) - 1)

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* A socket of that type on a port of the loopback; it listens if it is one for connections. */
static inline int open_server(int argc, char **argv, int type)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, type, 0), on = 1;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		exit(2);
	}
	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (void *)&address, sizeof(address)))
		fail("bind");
	if (type == SOCK_STREAM && listen(fd, BACKLOG))
		fail("listen");
	return fd;
}

static inline int accept_client(int listener)
{
	int client = accept(listener, NULL, NULL);

	if (client < 0)
		fail("accept");
	return client;
}

static inline void greet(int client)
{
	if (write(client, GREETING, LENGTH) < 0)
		fail("write");
}

#endif
