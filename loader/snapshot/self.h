/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What tracing itself took: the runs of the programs, the CPU time and the memory of this process.
 * Part of a snapshot, where it was asked for (--self). */
#ifndef WAKELAB_SELF_H
#define WAKELAB_SELF_H

#include <linux/types.h>
#include <stdbool.h>

#define SELF_PROGRAMS 64
#define SELF_MAPS     64
#define SELF_NAME     32
#define SELF_UNKNOWN  (~0ull) /* a number that this kernel does not tell, or not to us */

/* A program that is attached. Runs are those for any task of the machine. */
struct self_program {
	const char *what; /* is to be seen by its hook, and where: "a thread ends", "sched_..." */
	const char *hook;
	const char *name;
	__u64 runs;
	__u64 ns;     /* that they took */
	__u64 missed; /* events for which the kernel skipped it, since it ran already */
};

struct self_map {
	char name[SELF_NAME];
	__u64 bytes;
};

/* User and system time, ns. */
struct cpu_split {
	__u64 user, system;
};

struct self {
	bool asked;       /* else all that follows is void */
	char why_not[96]; /* runs and their time are not known; "": they are */
	unsigned n_programs, n_maps;
	struct self_program programs[SELF_PROGRAMS]; /* those of a hook stand together */
	struct self_map maps[SELF_MAPS];             /* the largest first */
	struct cpu_split start; /* CPU time up to the first moment of the run */
	struct cpu_split run;   /* since then, which is ns ago */
	__u64 ns;
	__u64 rss, rss_most; /* resident memory, bytes: now, at most so far */
};

/* The sum of two numbers, either of which may be SELF_UNKNOWN: then so is the sum. */
__u64 self_sum(__u64 a, __u64 b);
/* The sum of n programs, its texts those of the first. */
struct self_program self_programs(const struct self_program *programs, unsigned n);
/* How many programs from the first on belong to the same hook, of n. */
unsigned self_same_hook(const struct self_program *programs, unsigned n);
/* What all maps take. */
__u64 self_maps_bytes(const struct self *self);

#endif
