/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * All variables of the programs, and there are no others: what the loader sets before it loads them
 * (const), what it sets and reads later, and what only the programs use.
 */
#ifndef WAKELAB_GLOBALS_BPF_H
#define WAKELAB_GLOBALS_BPF_H

#include "vmlinux.h"
#include "event_records.h"
#include "wakelab.h"
#include <bpf/bpf_helpers.h>

/* The ledger's row of each call, by ABI and number; and what is to be known of a row. */
const volatile __u8 row_of[N_ABIS][MAX_NR];
const volatile struct call_row rows[MAX_CALLS];

/* How long data lies about until that is a stall. */
const volatile __u64 stall_ns;

/* What a thread that only asks does between two waits takes no longer here, traced as it is. */
const volatile __u64 asking_ns;

/* From a CPU's run queue to its preempt_count, see compat.bpf.h; 0: not known. */
const volatile __s64 preempt_count_distance;

/*
 * Programs on tracepoints can be preempted (7.0 and later, include/linux/tracepoint.h): another
 * task's run of the same program may come between the load and the store of a plain increment.
 */
const volatile bool preemptible;

/* What the hooks in use show (loader/kernel/hooks.c); without them the same is derived or stays
 * unknown. */
const volatile bool sees_ready;       /* that a socket has something to read */
const volatile bool sees_callbacks;   /* whom an epoll instance is told of what */
const volatile bool receives_at_exit; /* no: receives show by themselves, and always */
const volatile bool steady;           /* steady programs are attached */
const volatile bool pairs;            /* so are second ones for what sockets tell */

/* Whom else the programs of arrivals.bpf.c take in. */
const volatile struct sought sought;

/* What user space wants to know. */
const volatile bool watches_interests;
const volatile bool watches_sockets;

#ifdef EVENTS
/* What is to be told of each event; and whether user space knows that there are some. */
const volatile struct event_wish event_wish SEC(".rodata.events");
__u32 events_rung SEC(".data.events");
#endif

/* The PID namespace of user space, and its level. Every pid and tid that is kept is one there. */
__u64 pid_namespace;
__u32 pid_level;

/* What is registered makes it necessary to note: when a thread falls asleep and what a wait left
 * out; what had no room to write; what is read from an eventfd; what an instance is told. */
bool compares_levels, compares_room, compares_counts, compares_nested;

/* There was something held by Nagle's algorithm; a thread has slept over a write that found no
 * room.
 */
bool holds, lacks_room;

/* Something has waited at a registration that was disarmed; a pipe or an eventfd was. */
bool disarmed_waits, disarms_files;

/* An accept() has failed for want of something. */
bool accepts_failed;

/* What is registered may be left behind that is no socket, and may be an epoll instance: what is
 * read from files is noted, and what is told by instances. */
bool follows_files, follows_nested;

/* By which files of these kinds are known: the address of their operations, learned in adopt_files
 * from those that user space opened. Of the other kinds 0. */
__u64 file_ops[N_FILE_KINDS];

/* Calls begun that have no row of their own, by number; of the native table. */
__u64 other_calls[MAX_NR];

/* How often a task was taken in; the number of the next, and which place is looked at then. */
__u64 follows;
__u32 next_task, next_look;

/* How many instances there were: each has the next number as its id, which is its place in epolls.
 */
__u32 epolls_used;

/* Goes on whenever there is news of an instance: a thread asks anew for that on which it waits. */
__u32 epolls_news;

/* How many places of tasks and of interests were ever given out, from the first on. */
__u32 tasks_used, interests_used;

/* Stalls under way, and whether user space watches them. */
__s64 stalls_open;
__u32 stalls_watched;

/* The process that the adopt programs look for. */
__u32 adopt_tgid;
/* Whether they take in the children of what is followed already, too. */
bool adopt_children;
/* User space is told of those that are taken in, as of others that arrive. */
bool adopt_tells;
/* What is registered with epoll is being taken in. */
bool adopting;
/* How many tasks it had at the last pass, and how many were taken in that were not there before. */
__u64 adopt_found;
__u64 adopted;

/* Descriptors that user space opened to show what files of these kinds look like; -1: none. */
__s32 samples[N_FILE_KINDS];

/* What adopt_file came upon last. */
struct adopted_file adopted_file;

/* What look_at_task has seen last. */
struct looked_task looked_task;

/* What look_at_waiting has seen last: whether something waits, and nobody is at work on it. */
bool waits_in_vain;

/* The epoll instance that adopt_sleeper was last asked about. */
__u64 adopt_epoll;

#endif
