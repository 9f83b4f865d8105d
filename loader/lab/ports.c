// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "ports.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT_FIRST 16384
#define PORT_COUNT 16384
#define PORT_TRIES 100

static struct sockaddr_in loopback(unsigned port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

bool ports_free(unsigned port, bool udp)
{
	const struct sockaddr_in address = loopback(port);
	int fd = socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	bool is = fd >= 0 && !bind(fd, (const struct sockaddr *)&address, sizeof(address));

	if (fd >= 0)
		close(fd);
	return is;
}

/* A file with a byte for each port, where nobody else may write: that of root, or the user's. -1:
 * there is no such place. */
static int open_locks(void)
{
	char path[64] = "/run/wakelab-ports";

	if (geteuid())
		snprintf(path, sizeof(path), "/run/user/%u/wakelab-ports", geteuid());
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Whether it is nobody else's; ends with the last process that has the descriptor. */
static bool lock_port(int locks, unsigned port)
{
	struct flock byte = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = port, .l_len = 1};

	return locks < 0 || !fcntl(locks, F_OFD_SETLK, &byte);
}

static void unlock_port(int locks, unsigned port)
{
	struct flock byte = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = port, .l_len = 1};

	if (locks >= 0)
		fcntl(locks, F_OFD_SETLK, &byte);
}

/* One that the kernel gives to nobody by itself (see ip_local_port_range in ip(7)), anywhere there:
 * the server takes it a good while later. */
unsigned ports_take(bool udp, int *lock)
{
	unsigned port;
	uint16_t any;

	*lock = open_locks();
	for (int i = 0; i < PORT_TRIES; i++) {
		if (getrandom(&any, sizeof(any), 0) != sizeof(any))
			break;
		port = PORT_FIRST + any % PORT_COUNT;
		if (!lock_port(*lock, port))
			continue;
		if (ports_free(port, udp))
			return port;
		unlock_port(*lock, port);
	}
	warn("cannot find a free port for the server");
	if (*lock >= 0)
		close(*lock);
	*lock = -1;
	return 0;
}

/* The kernel connects by itself. */
bool ports_reachable(void)
{
	struct sockaddr_in address = loopback(0);
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr *to = (struct sockaddr *)&address;
	int error = 0;

	if (listener < 0 || client < 0 || bind(listener, to, len) ||
	    getsockname(listener, to, &len) || listen(listener, 1) ||
	    (connect(client, to, len) && errno != EINPROGRESS))
		error = errno;
	if (listener >= 0)
		close(listener);
	if (client >= 0)
		close(client);
	errno = error;
	return !error;
}
