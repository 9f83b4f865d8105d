// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "process_state.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "proc_stat.h"

/* Whether a file has a line. */
static bool has_line(const char *path, const char *line)
{
	FILE *file = fopen(path, "re");
	char own[128];
	bool has = false;

	while (file && !has && fgets(own, sizeof(own), file))
		has = !strcmp(own, line);
	if (file)
		fclose(file);
	return has;
}

/* A line of /proc/PID/cgroup, see cgroups(7). */
static bool freezes(char *line)
{
	/* where they are mounted, what tells, and which hierarchy that is of; "": the second */
	static const char *const files[][4] = {
		{"freezer", "/sys/fs/cgroup/freezer", "freezer.state", "FROZEN\n"},
		{"", "/sys/fs/cgroup", "cgroup.events", "frozen 1\n"},
		{"", "/sys/fs/cgroup/unified", "cgroup.events", "frozen 1\n"},
	};
	char *controllers = strchr(line, ':'), *group, path[PATH_MAX];

	group = controllers ? strchr(controllers + 1, ':') : NULL;
	if (!group)
		return false;
	*group++ = '\0';
	group[strcspn(group, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s%s/%s", files[i][1], group, files[i][2]);
		if (!strcmp(controllers + 1, files[i][0]) && has_line(path, files[i][3]))
			return true;
	}
	return false;
}

static bool is_frozen(pid_t pid)
{
	char path[64], line[PATH_MAX];
	bool frozen = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	file = fopen(path, "re");
	while (file && !frozen && fgets(line, sizeof(line), file))
		frozen = freezes(line);
	if (file)
		fclose(file);
	return frozen;
}

const char *process_state(pid_t pid)
{
	char buf[PROC_STAT_SIZE], state = 0;
	const char *stat = proc_stat(pid, buf);

	if (stat)
		sscanf(stat, " %c", &state);
	switch (state) {
	case 'T':
		return "stopped by a signal";
	case 't':
		return "stopped by a debugger";
	case 'Z':
		return "a zombie: it had ended, but its parent had not waited for it";
	case 0:
		return NULL;
	default:
		return is_frozen(pid) ? "frozen by its cgroup" : NULL;
	}
}
