/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The BPF programs of one run: loaded, attached, pointed at a target, read. Nothing is pinned: when
 * this process ends, in whatever way, the kernel takes all of it down. */
#ifndef WAKELAB_SESSION_H
#define WAKELAB_SESSION_H

#include <sys/types.h>

#include "snapshot.h"

struct session;

/*
 * Whether this process and this kernel can trace at all. Returns 0, or EXIT_UNABLE after one line
 * on stderr with the reason and the remedy; what names the command that asks.
 */
int session_possible(const char *what);

/* Loads and attaches every program. NULL after one line on stderr. */
struct session *session_open(void);

/*
 * Follows a process that exists: its threads, its sockets, and from here on all that it forks.
 * Returns how many threads it had, 0 if there is no such process, -1 after one line on stderr.
 */
int session_adopt(struct session *s, pid_t pid);

/* Gives up every privilege but those that reading the maps and ending the target need. Returns 0,
 * or -1 after one line on stderr. */
int session_drop_privileges(void);

/* Reads all maps once, sums them over CPUs. The witnesses are left alone. Returns 0 or -1 after one
 * line on stderr. */
int session_sample(struct session *s, struct snapshot *snap);

/* How long loading and attaching took, ns; the names of the attached hooks, NULL-terminated. */
__u64 session_attach_ns(const struct session *s);
const char *const *session_hooks(const struct session *s);

void session_close(struct session *s);

/* CLOCK_MONOTONIC, ns. */
__u64 now_ns(void);

#endif
