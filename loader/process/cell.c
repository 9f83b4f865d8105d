// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "cell.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a mount has to keep of what it shows; statvfs(3) and mount(2) have the same bits for it. */
#define KEPT_FLAGS (ST_NOSUID | ST_NODEV | ST_NOEXEC)

/* Makes what is below a path unchangeable. Where we stand is looked up anew: it may lie there. */
static bool seal(const char *path)
{
	struct statvfs st;
	char here[PATH_MAX];

	return !statvfs(path, &st) && !mount(path, path, NULL, MS_BIND | MS_REC, NULL) &&
	       !mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | (st.f_flag & KEPT_FLAGS),
		      NULL) &&
	       (!getcwd(here, sizeof(here)) || !chdir(here));
}

/* The /proc is needed, or the numbers in it would be others than its processes know. Terminals are
 * as good as unreachable where there is no /dev/pts to be replaced. */
static bool furnish(const char *sealed)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) ||
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return false;
	if (mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		  "newinstance,ptmxmode=0666,mode=0620") &&
	    !access("/dev/pts/ptmx", F_OK))
		return false;
	return !sealed || seal(sealed);
}

/* The first process: tells whether it has a cell, or ends. */
static void begin(const char *sealed, int told)
{
	if (!furnish(sealed) || write(told, "", 1) != 1)
		_exit(EXIT_FAILURE);
	close(told);
}

/* Whether it has one. */
static bool begun(pid_t first, int told)
{
	char byte;

	if (read(told, &byte, 1) == 1)
		return true;
	waitpid(first, NULL, 0);
	return false;
}

/* Further children of ours live where we do, in any case. */
static pid_t fork_in(int own, const char *sealed)
{
	int told[2];
	pid_t first;

	if (pipe2(told, O_CLOEXEC))
		return -1;
	first = unshare(CLONE_NEWPID) ? -1 : fork();
	if (!first) {
		close(told[0]);
		begin(sealed, told[1]);
		return 0;
	}
	close(told[1]);
	if (first > 0 && !begun(first, told[0]))
		first = -1;
	close(told[0]);
	setns(own, CLONE_NEWPID); /* else the next fork() says that it cannot */
	return first;
}

pid_t cell_fork(const char *sealed)
{
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	pid_t first = own < 0 ? -1 : fork_in(own, sealed);

	if (own >= 0)
		close(own);
	return first;
}
