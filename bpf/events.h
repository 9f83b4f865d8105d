/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The kernel's events (include/linux/trace_events.h), as bpf/hooks/probe.bpf.c tells of them. */
#ifndef WAKELAB_EVENTS_H
#define WAKELAB_EVENTS_H

#define EVENTS_AT_ONCE 16

struct event_told {
	int id;          /* its number, as perf_event_open(2) takes it */
	char system[24]; /* "raw_syscalls" */
	char name[40];   /* "sys_enter" */
};

#endif
