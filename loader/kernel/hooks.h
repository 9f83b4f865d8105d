/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The hooks: each thing in the kernel that must be seen, the places where it can be, in order of
 * worth, and which of them is in use.
 */
#ifndef WAKELAB_HOOKS_H
#define WAKELAB_HOOKS_H

#include "kernel.h"
#include "wakelab.h"

enum hook_id {
	HOOK_CALL_BEGINS,
	HOOK_CALL_ENDS,
	HOOK_WAKING,
	HOOK_SWITCH,
	HOOK_TASK_BEGINS,
	HOOK_TASK_ENDS,
	HOOK_TASK_FREED,
	HOOK_SIGNAL_GENERATED,
	HOOK_SIGNAL_DELIVERED,
	HOOK_SOCKET_STATE,
	HOOK_DATA_READY,
	HOOK_RECEIVE,
	HOOK_SOCKET_ERROR,
	HOOK_EPOLL_CALLBACK,
	HOOK_POLL_WAKE,
	HOOK_SIGIO,
	HOOK_NAMED,
	HOOK_BORN_APART,
	HOOK_GROUPED,
	HOOK_LISTENS,
	N_HOOKS,
};

/* What is watched besides the calls: --only. */
enum watch {
	WATCH_WAKES = 1,
	WATCH_INTERESTS = 2,
	WATCH_SIGNALS = 4,
	WATCH_ALL = WATCH_WAKES | WATCH_INTERESTS | WATCH_SIGNALS,
};

/* How processes come to be sought while tracing is under way: further bits of what is watched. */
enum arrive {
	ARRIVE_BY_NAME = 8,
	ARRIVE_IN_GROUP = 16,
	ARRIVE_AT_PORT = 32,
	ARRIVE_ANYHOW = ARRIVE_BY_NAME | ARRIVE_IN_GROUP | ARRIVE_AT_PORT,
};

#define MAX_CANDIDATES    4
#define MAX_PROGRAMS      4
#define MAX_HOOK_PROGRAMS (2 * MAX_PROGRAMS) /* that are attached for one hook at a time */

/* One place to see a thing: the programs that have to be attached, and what its numbers are worth
 * there. One without programs is no place, but what is done instead. */
struct candidate {
	const char *name;                   /* "tp_btf/sk_data_ready", as SEC() has it */
	enum way way;                       /* of its programs */
	const char *programs[MAX_PROGRAMS]; /* NULL ends them */
	const char *again[MAX_PROGRAMS];    /* their second ones, see enum turn; NULL: none */
	const char *weaker;                 /* what is less exact; NULL: exact */
	const char *steady;                 /* their steady one, see enum turn; NULL: none */
};

struct hook {
	const char *what;    /* is to be seen */
	const char *metrics; /* that live on it */
	struct candidate candidates[MAX_CANDIDATES];
	/* An interrupt may bring the same event while one is handled: the counter of those that the
	 * second program handled for that. 0: not so. */
	enum counter caught;
	unsigned serves; /* WATCH_..., ARRIVE_...; 0: the calls, which are watched in any case */
};

extern const struct hook hooks[N_HOOKS];

/* --hooks */
enum hooks_wanted { HOOKS_AUTO, HOOKS_TRACEPOINT, HOOKS_FENTRY };

/* Which candidate of each hook is in use, and why better ones are not. */
struct plan {
	enum hooks_wanted wanted;
	unsigned watched; /* WATCH_..., ARRIVE_...; a hook that serves none of them has no candidate
			   */
	unsigned chosen[N_HOOKS]; /* MAX_CANDIDATES: none, and none is left to try */
	char refused[N_HOOKS][MAX_CANDIDATES][REASON_LEN];
	bool preemptible; /* programs can be preempted: the second ones are needed */
	bool marks;       /* what the kernel skips is known to second programs, see turn_begins() */
	bool steady;      /* and there are steady ones */
};

/* "sys_enter", "fentry/ep_poll_callback", ...: of tracepoints the name alone. */
const char *candidate_place(const struct candidate *c);

/* How many candidates a hook has. */
unsigned candidates_of(const struct hook *hook);

/* The best candidates that this kernel seems to have, for what is to be watched (WATCH_...). */
void plan_make(struct plan *plan, struct kernel *k, enum hooks_wanted wanted, unsigned watched);

/* Whether what is to be watched needs that hook. */
bool plan_wants(const struct plan *plan, enum hook_id hook);

/* The candidate in use turned out not to work here, for that reason: the next one. */
void plan_refuse(struct plan *plan, struct kernel *k, enum hook_id hook, const char *reason);

/* The candidate in use; NULL if none is left, or none is wanted. */
const struct candidate *plan_candidate(const struct plan *plan, enum hook_id hook);

/* Whether the second programs of its place are attached, too. */
bool plan_pairs(const struct plan *plan, enum hook_id hook);

/* The programs of its place that are attached, and how many; none, where it has none. */
unsigned plan_programs(const struct plan *plan, enum hook_id hook,
		       const char *names[MAX_HOOK_PROGRAMS]);

/* Whether the thing is seen by a program, and not derived or left out. */
bool plan_sees(const struct plan *plan, enum hook_id hook);

/* The first hook without which nothing can be counted, or, with HOOKS_FENTRY, that is not hooked
 * that way though it could be elsewhere; N_HOOKS: all is well. */
enum hook_id plan_lacks(const struct plan *plan);

/* "tracepoint", "tracepoint+fentry", ...: the ways in use; in buf. */
const char *plan_tier(const struct plan *plan, char *buf, size_t len);

#endif
