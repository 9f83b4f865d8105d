/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_CPU_TIME_H
#define WAKELAB_CPU_TIME_H

#include <sys/resource.h>
#include <sys/types.h>
#include <linux/types.h>

/*
 * CPU time, user and system, that a process group has used so far, ns: of its living processes to
 * the nanosecond, of those that they have reaped to the clock tick (10 ms for all together). Needs
 * no privileges. 0 when there is no such group, or no /proc to find it in.
 */
__u64 cpu_time_of_group(pid_t group);

/* CPU time of one living process with all its threads so far, ns; 0: it is gone. */
__u64 cpu_time_of_process(pid_t pid);

/* CPU time of this process so far, ns. The sum is exact to the microsecond; how much of it was in
 * the kernel is estimated by the kernel from what ran at its clock's ticks. */
void cpu_time_of_ours(__u64 *user, __u64 *system);

/* User and system time together, ns. */
__u64 cpu_time_of_usage(const struct rusage *usage);

#endif
