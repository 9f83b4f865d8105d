/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tracepoints by way of perf, which knows them by number. tracefs tells the numbers to those who
 * may read it, which is root alone; the kernel's own list of events tells them to all who may
 * trace. */
#ifndef WAKELAB_PERF_EVENTS_H
#define WAKELAB_PERF_EVENTS_H

#define MAX_EVENTS 5

struct probe;

struct perf_events {
	int refused;         /* -errno: no event at all can be opened */
	int ids[MAX_EVENTS]; /* 0: the kernel has no such event */
};

/* Finds the numbers of the events that steady programs are on, by the probe, which is attached and
 * knows the calling thread as its prober. */
void perf_events_find(struct perf_events *events, struct probe *probe);

/* Opens an event by name, such as "raw_syscalls/sys_enter", for all tasks. Returns a descriptor, or
 * -errno; -ENOENT: it is not known. */
int perf_events_open(const struct perf_events *events, const char *name);

#endif
