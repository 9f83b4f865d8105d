// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "cpu_time.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "proc_stat.h"

#define NSEC_PER_SEC 1000000000ull
#define LOOKS        16 /* at most, until two find as many processes */

/* Its group, and the ticks of reaped children. False when the process is gone. */
static bool read_stat(pid_t pid, pid_t *group, __u64 *reaped_ticks)
{
	unsigned long long user, system;
	char buf[PROC_STAT_SIZE];
	const char *stat = proc_stat(pid, buf);

	if (!stat || sscanf(stat, " %*c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %llu %llu",
			    group, &user, &system) != 3)
		return false;
	*reaped_ticks = user + system;
	return true;
}

__u64 cpu_time_of_process(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* A look at all processes; adds up those of the group, and gives their number. */
static unsigned look_at_group(pid_t group, __u64 *sum)
{
	__u64 tick = NSEC_PER_SEC / sysconf(_SC_CLK_TCK), ticks;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	unsigned n = 0;
	pid_t found;

	*sum = 0;
	while (proc && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);

		if (pid > 0 && read_stat(pid, &found, &ticks) && found == group) {
			*sum += cpu_time_of_process(pid) + ticks * tick;
			n++;
		}
	}
	if (proc)
		closedir(proc);
	return n;
}

__u64 cpu_time_of_group(pid_t group)
{
	unsigned before, now = 0, looks = 0;
	__u64 sum;

	/* One that is reaped behind the look at its parent is in neither's time, and in no number.
	 */
	do {
		before = now;
		now = look_at_group(group, &sum);
	} while (now != before && ++looks < LOOKS);
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

void cpu_time_of_ours(__u64 *user, __u64 *system)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	*user = timeval_ns(&usage.ru_utime);
	*system = timeval_ns(&usage.ru_stime);
}
