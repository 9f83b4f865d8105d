// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "descendants.h"

#include <dirent.h>
#include <stdlib.h>

#include "proc_stat.h"

struct relation {
	pid_t pid, parent;
};

/* Who is whose child, of all that run; to be freed. NULL: there is no /proc, or no room. */
static struct relation *list_all(size_t *n)
{
	struct relation *all = NULL, *more;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t room = 0;

	*n = 0;
	while (proc && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0)
			continue;
		if (*n == room) {
			room = room ? 2 * room : 256;
			more = realloc(all, room * sizeof(*all));
			if (!more)
				break;
			all = more;
		}
		all[(*n)++] = (struct relation){pid, proc_parent(pid)};
	}
	if (proc)
		closedir(proc);
	return all;
}

void descendants_find(struct descendants *d, pid_t ancestor)
{
	pid_t parent = ancestor;
	size_t n;
	struct relation *all = list_all(&n);

	d->n = 0;
	for (unsigned next = 0; next <= d->n; parent = d->pids[next++]) {
		for (size_t i = 0; i < n && d->n < MAX_DESCENDANTS; i++)
			if (all[i].parent == parent)
				d->pids[d->n++] = all[i].pid;
		if (next == d->n)
			break;
	}
	free(all);
}
