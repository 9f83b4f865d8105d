// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "tasks.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* Where the pids controller is mounted, and how /proc/self/cgroup tells of its hierarchy. */
static const struct hierarchy {
	const char *mark, *mount;
} hierarchies[] = {
	{":pids:", "/sys/fs/cgroup/pids"},
	{"0::", "/sys/fs/cgroup"},
};

/* False: it is not there, or is no number ("max"). */
static bool read_number(const char *folder, const char *name, unsigned long long *number)
{
	char path[PATH_MAX];
	bool known;
	FILE *file;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return false;
	file = fopen(path, "re");
	known = file && fscanf(file, "%llu", number) == 1;
	if (file)
		fclose(file);
	return known;
}

/* Says so if a cgroup, or one that it lies in, has no room for another task. */
static bool say_full(const char *mount, char *cgroup, char *buf, size_t len)
{
	unsigned long long most, now;
	char folder[PATH_MAX], *end;

	for (;;) {
		snprintf(folder, sizeof(folder), "%s%s", mount, cgroup);
		if (read_number(folder, "pids.max", &most) &&
		    read_number(folder, "pids.current", &now) && now >= most) {
			snprintf(buf, len,
				 "EAGAIN: the cgroup %.60s has reached its pids.max of %llu",
				 *cgroup ? cgroup : "/", most);
			return true;
		}
		end = strrchr(cgroup, '/');
		if (!end)
			return false;
		*end = '\0';
	}
}

static bool say_full_cgroup(char *buf, size_t len)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX / 2];
	bool full = false;

	while (file && !full && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; !full && i < sizeof(hierarchies) / sizeof(hierarchies[0]); i++)
			if (strstr(line, hierarchies[i].mark) && strchr(line, '/'))
				full = say_full(hierarchies[i].mount, strchr(line, '/'), buf, len);
	}
	if (file)
		fclose(file);
	return full;
}

const char *tasks_refused(int error, char *buf, size_t len)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	char of_user[48] = "";

	if (error != EAGAIN) {
		snprintf(buf, len, "%s", strerror(error));
		return buf;
	}
	if (say_full_cgroup(buf, len))
		return buf;
	getrlimit(RLIMIT_NPROC, &limit);
	if (limit.rlim_cur != RLIM_INFINITY)
		snprintf(of_user, sizeof(of_user), " (ulimit -u, here %llu)",
			 (unsigned long long)limit.rlim_cur);
	snprintf(buf, len,
		 "EAGAIN: a limit was reached; check RLIMIT_NPROC%s, pids.max of the cgroup, "
		 "kernel.threads-max and the memory",
		 of_user);
	return buf;
}

void tasks_warn(const char *what, int error)
{
	char why[TASKS_REFUSED_LEN];

	warnx("%s: %s", what, tasks_refused(error, why, sizeof(why)));
}
