// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Wrong: the parent keeps a copy of each connection, so that none ends. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int listen_on(int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_port = htons(port),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, SOMAXCONN))
		err(1, "cannot listen on port %d", port);
	return fd;
}

/* A write may take less than it was given. False: the client is gone. */
static bool write_all(int client, const char *data, ssize_t size)
{
	ssize_t n;

	for (; size > 0; data += n, size -= n) {
		n = write(client, data, size);
		if (n < 0)
			return false;
	}
	return true;
}

static void serve(int client)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(client, buf, sizeof(buf))) > 0)
		if (!write_all(client, buf, n))
			break;
}

/* One signal may stand for several children that have ended. */
static void reap(int sig)
{
	int saved = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

int main(int argc, char **argv)
{
	int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0);

	signal(SIGPIPE, SIG_IGN); /* a write to a client that is gone is then an error, no end */
	signal(SIGCHLD, reap);
	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client < 0)
			continue;
		if (fork() == 0) {
			close(listener);
			serve(client);
			_exit(0);
		}
	}
}
