// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "sockets.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STATE_LISTEN  0x0a /* TCP_LISTEN, of include/net/tcp_states.h (Linux 6.18) */
#define STATE_UNBOUND 0x07 /* TCP_CLOSE, which a UDP socket without a peer is in */

/* The tables of a protocol, and the state of a socket that waits for whoever comes. */
static const struct protocol {
	const char *tables[2];
	unsigned state;
} protocols[] = {
	{{"/proc/net/tcp", "/proc/net/tcp6"}, STATE_LISTEN},
	{{"/proc/net/udp", "/proc/net/udp6"}, STATE_UNBOUND},
};

static bool contains(const struct sockets *s, unsigned long inode)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->open[i].inode == inode)
			return true;
	return false;
}

/* In one table; found is the port of another of them that was found before, or 0. */
static unsigned look_into(const char *table, unsigned state, const struct sockets *s,
			  unsigned wanted, unsigned found)
{
	FILE *f = fopen(table, "re");
	unsigned port, own_state;
	unsigned long inode;
	char line[512];

	while (f && found != wanted && fgets(line, sizeof(line), f))
		if (sscanf(line,
			   " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x %*x:%*x %*x:%*x %*x %*u %*d %lu",
			   &port, &own_state, &inode) == 3 &&
		    own_state == state && contains(s, inode))
			found = port;
	if (f)
		fclose(f);
	return found;
}

unsigned sockets_port(const struct sockets *s, bool udp, unsigned wanted)
{
	const struct protocol *p = &protocols[udp];
	unsigned found = look_into(p->tables[0], p->state, s, wanted, 0);

	return look_into(p->tables[1], p->state, s, wanted, found);
}

static void add_sockets(pid_t pid, struct sockets *s)
{
	char path[64], target[64];
	struct dirent *entry;
	unsigned long inode;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		target[len > 0 ? len : 0] = '\0';
		if (sscanf(target, "socket:[%lu]", &inode) == 1 && s->n < MAX_SOCKETS &&
		    !contains(s, inode))
			s->open[s->n++] = (struct open_socket){inode, atoi(entry->d_name)};
	}
	if (dir)
		closedir(dir);
}

void sockets_of(const struct descendants *processes, struct sockets *s)
{
	s->n = 0;
	for (unsigned i = 0; i < processes->n; i++)
		add_sockets(processes->pids[i], s);
}

unsigned sockets_more(const struct sockets *before, const struct sockets *now, int *fd)
{
	unsigned n = 0;

	*fd = -1;
	for (unsigned i = 0; i < now->n; i++) {
		if (contains(before, now->open[i].inode))
			continue;
		n++;
		if (*fd < 0 || now->open[i].fd < *fd)
			*fd = now->open[i].fd;
	}
	return n;
}
