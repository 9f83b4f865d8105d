/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How often each registration became ready since its last report, where all of that was seen. */
#ifndef WAKELAB_EVENT_EDGES_H
#define WAKELAB_EVENT_EDGES_H

#include <stdbool.h>

#include "event_records.h"

#define N_EDGES 4096 /* places; where two registrations meet in one, the older is forgotten */

struct edge {
	__u32 pid;
	__s32 epoll;
	__u64 data;
	__s32 fd;
	__u32 n;     /* times that it became ready */
	__u64 first; /* when that was first */
	bool used;
	bool whole; /* its last report, or its registration, was seen, and everything since */
};

struct edges {
	struct edge of[N_EDGES];
};

void edges_forget(struct edges *e);

/* A registration is new; became ready; and was reported: gives what there was until then, n 0: that
 * is not known. */
void edges_add(struct edges *e, __u32 pid, __s32 epoll, __u64 data, __s32 fd);
void edges_ready(struct edges *e, __u32 pid, __s32 epoll, __u64 data, __s32 fd, __u64 time);
struct edge edges_report(struct edges *e, __u32 pid, __s32 epoll, __u64 data, __s32 fd);

/* A descriptor is closed: it may have been registered, or an epoll instance. */
void edges_close(struct edges *e, __u32 pid, __s32 fd);

#endif
