// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "orphans.h"

#include <dirent.h>
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proc_stat.h"

#define LOOK_EVERY_NS 2000000
#define LOOKS         1000

static bool is_among(const struct descendants *d, pid_t pid)
{
	for (unsigned i = 0; d && i < d->n; i++)
		if (d->pids[i] == pid)
			return true;
	return false;
}

bool children_kill(const struct descendants *spared, bool reap)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	bool killed = false;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0 || proc_parent(pid) != getpid() || is_among(spared, pid))
			continue;
		if (kill(pid, SIGKILL))
			warn("cannot kill process %d, which the command started", pid);
		else
			killed = true;
		if (reap)
			waitpid(pid, NULL, WNOHANG);
	}
	if (dir)
		closedir(dir);
	return killed;
}

void orphans_begin(struct orphans *o)
{
	o->reaper = 0;
	prctl(PR_GET_CHILD_SUBREAPER, &o->reaper);
	descendants_find(&o->before, getpid());
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Whoever is killed hands its children on to us. One that is frozen ends at the thaw. */
void orphans_end(struct orphans *o)
{
	const struct timespec shortly = {.tv_nsec = LOOK_EVERY_NS};

	for (unsigned i = 0; i < LOOKS && children_kill(&o->before, true); i++)
		nanosleep(&shortly, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, o->reaper);
}
