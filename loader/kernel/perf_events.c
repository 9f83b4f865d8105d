// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "perf_events.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "events.h"
#include "probe.skel.h"

/* Those of the programs whose section begins with "?tp/". */
static const char *const names[MAX_EVENTS] = {
	"raw_syscalls/sys_enter",   "raw_syscalls/sys_exit", "task/task_newtask",
	"sched/sched_process_exit", "sock/sock_recv_length",
};

/* Returns a descriptor or -errno. */
static int open_event(int id, pid_t pid, int cpu)
{
	const struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
	};
	int fd = syscall(SYS_perf_event_open, &attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Any event will do. The numbers begin where those of ftrace's own records end, somewhere below
 * 100; number 1 is left out, which would trace all functions (kernel/trace/trace.h, enum
 * trace_type). */
static int open_some_event(void)
{
	int fd = -ENOENT;

	for (int id = 2; id < 1000 && fd < 0 && fd != -EACCES && fd != -EPERM; id++)
		fd = open_event(id, 0, -1);
	return fd;
}

static void keep(struct perf_events *events, const struct event_told *told)
{
	char name[sizeof(told->system) + sizeof(told->name)];

	snprintf(name, sizeof(name), "%s/%s", told->system, told->name);
	for (unsigned i = 0; i < MAX_EVENTS; i++)
		if (!strcmp(names[i], name))
			events->ids[i] = told->id;
}

/* Some of the events, by a call of ours. The kernel skips the probe for it if another task was
 * switched out in the middle of the probe on this CPU: while we sleep, that runs on. */
static bool be_told(struct probe__bss *shared)
{
	shared->n_told = 0;
	syscall(SYS_getppid);
	for (unsigned us = 1; !shared->n_told && us < 1 << 20; us *= 2)
		usleep(us);
	return shared->n_told;
}

void perf_events_find(struct perf_events *events, struct probe *probe)
{
	struct probe__bss *shared = probe->bss;
	int fd = open_some_event();

	*events = (struct perf_events){.refused = fd < 0 ? fd : 0};
	if (fd < 0)
		return;
	shared->tells_events = true;
	while (shared->tells_events && be_told(shared))
		for (unsigned i = 0; i < shared->n_told; i++)
			keep(events, &shared->told[i]);
	close(fd);
}

int perf_events_open(const struct perf_events *events, const char *name)
{
	for (unsigned i = 0; i < MAX_EVENTS; i++)
		if (!strcmp(names[i], name) && events->ids[i])
			return open_event(events->ids[i], -1, 0);
	return events->refused ? events->refused : -ENOENT;
}
