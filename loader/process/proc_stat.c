// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "proc_stat.h"

#include <stdio.h>
#include <string.h>

const char *proc_stat(pid_t pid, char *buf)
{
	char path[64], *end;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	n = fread(buf, 1, PROC_STAT_SIZE - 1, file);
	fclose(file);
	buf[n] = '\0';
	end = strrchr(buf, ')');
	return end ? end + 1 : NULL;
}

pid_t proc_parent(pid_t pid)
{
	char buf[PROC_STAT_SIZE];
	const char *stat = proc_stat(pid, buf);
	pid_t parent = 0;

	return stat && sscanf(stat, " %*c %d", &parent) == 1 ? parent : 0;
}
