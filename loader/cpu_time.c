// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "cpu_time.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC 1000000000ull

/* proc(5), the fields of stat behind the name in parentheses: the group, and the ticks of reaped
 * children. False when the process is gone. */
static bool read_stat(const char *pid, pid_t *group, __u64 *reaped_ticks)
{
	unsigned long long user, system;
	char path[64], text[512], *rest;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return false;
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest, ") %*c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %llu %llu",
			    group, &user, &system) != 3)
		return false;
	*reaped_ticks = user + system;
	return true;
}

static __u64 process_ns(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

__u64 cpu_time_of_group(pid_t group)
{
	__u64 tick = NSEC_PER_SEC / sysconf(_SC_CLK_TCK), sum = 0, ticks;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found;

	while (proc && (entry = readdir(proc)))
		if (*entry->d_name >= '1' && *entry->d_name <= '9' &&
		    read_stat(entry->d_name, &found, &ticks) && found == group)
			sum += process_ns(atoi(entry->d_name)) + ticks * tick;
	if (proc)
		closedir(proc);
	return sum;
}

static __u64 timeval_ns(const struct timeval *tv)
{
	return tv->tv_sec * NSEC_PER_SEC + tv->tv_usec * 1000ull;
}

__u64 cpu_time_of_usage(const struct rusage *usage)
{
	return timeval_ns(&usage->ru_utime) + timeval_ns(&usage->ru_stime);
}
