/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The snapshot: all that was counted up to one moment, summed over CPUs, and the difference of two.
 * Every view is a function of snapshots and never sees a map.
 */
#ifndef WAKELAB_SNAPSHOT_H
#define WAKELAB_SNAPSHOT_H

#include "beginning.h"
#include "load_types.h"
#include "model.h"
#include "self.h"
#include "wakelab.h"

#define MAX_FCNTLS        128
#define MAX_ROWS          64 /* of a kind of detail */
#define MAX_EVIDENCE_ROWS 256
#define MAX_COMMANDS      64
#define COMMAND_SIZE      80

struct fcntl_row {
	struct fcntl_key key;
	struct fcntl_stats stats;
};

/* An epoll instance, what all its interests counted, and how many it has now. */
struct epoll_row {
	__u64 id;
	struct epoll_state state;
	__u64 interests;
};

struct waker_row {
	struct waker_key key;
	struct waker waker;
};

struct stall_row {
	struct interest_key key;
	struct stall stall;
};

struct evidence_row {
	struct evidence_key key;
	struct evidence evidence;
};

/* A listener, and what those do that are to accept from it. */
struct listener_row {
	struct backlog backlog;
	__u32 tid;   /* one that sleeps; 0: none is known */
	__u16 row;   /* of the call in which it does; 0: see before */
	bool before; /* it has slept in the same call since tracing began */
	bool busy;   /* another one runs */
};

struct source_row {
	struct sigio_source key;
	__u64 generated;
};

/* A process, and its command line, which may be cut; "": not known. */
struct command_line {
	__u32 pid;
	char comm[COMM_LEN];
	char line[COMMAND_SIZE];
	__u64 seen; /* when it lived last */
};

struct command_lines {
	struct command_line rows[MAX_COMMANDS];
	unsigned n;
	__u64 now; /* when they were looked at last */
};

/* What the kernel at hand shows, and --only leaves, so that its absence is told from zero. */
enum {
	SEES_READY = 1,         /* when a socket has something to read */
	SEES_SIGIO_SOURCES = 2, /* which descriptor raised a SIGIO */
	SEES_RECEIVES = 4,      /* receives that no system call of their own makes, too */
	SEES_CALLBACKS = 8,     /* whom an epoll instance is told of what */
	/* what is watched at all */
	SEES_WAKES = 16,
	SEES_INTERESTS = 32,
	SEES_SIGNALS = 64,
};

/* What is watched besides the calls, as --only names it. */
#define N_WATCHED 3
extern const struct watched_part {
	const char *name;
	unsigned sees; /* SEES_... */
} watched_parts[N_WATCHED];

/*
 * The rows of the moment, all counted since the start: also in a difference of two snapshots. Of
 * each kind those with the highest counts; n_... is how many there are in all, shown or not.
 */
struct details {
	struct thread_stats threads[MAX_ROWS];           /* by wakes */
	struct waker_row wakers[MAX_ROWS];               /* by wakes */
	struct epoll_row epolls[MAX_ROWS];               /* by reports */
	struct interest interests[MAX_ROWS];             /* by reports */
	struct stall_row stalls[MAX_ROWS];               /* the longest first */
	struct source_row sources[MAX_ROWS];             /* by signals */
	struct evidence_row evidence[MAX_EVIDENCE_ROWS]; /* by how often */
	struct listener_row listeners[MAX_ROWS];         /* by how many wait */
	struct command_lines commands;                   /* also of those that have ended */
	unsigned n_threads, n_wakers, n_epolls, n_interests, n_stalls, n_sources, n_evidence,
		n_listeners;
};

enum lost {
#define LOST_COUNT(id, ...) LOST_##id,
#define LOST_ELSE(id, ...)  LOST_##id,
#include "counts.def"
	N_LOST,
};

struct snapshot {
	__u64 time;    /* CLOCK_MONOTONIC as the programs read it, ns */
	unsigned sees; /* SEES_... */
	__u64 calls[MAX_CALLS];
	__u64 others[MAX_NR]; /* of these, those without a row of their own, by number; native ones
			       */
	const char *const *other_names; /* by number, of all those at least that were counted */
	struct call_stats stats[MAX_CALLS];
	struct hist latencies[N_LATENCIES];
	__u64 counters[N_COUNTERS];
	struct signal_stats signals[N_SIGNALS];
	struct fcntl_row fcntls[MAX_FCNTLS];
	unsigned n_fcntls;
	__u64 lost[N_LOST];
	__u64 stall_ns;               /* how long data lies about until that is a stall */
	struct hist left;             /* how long data lay about that was left behind, ns */
	__u64 left_largest[N_UNREAD]; /* the most at a time; not a difference */
	struct stall left_last;       /* what was left behind last; unread 0: nothing yet */
	__u64 stalled_ns;             /* of the stalls that ended and of those under way */
	__u64 stalled_left[N_UNREAD]; /* left behind in those under way, by its unit */
	struct details now;
	struct self self;    /* of the totals at the end only */
	bool witnessed;      /* server and client are there: a run on a server of ours */
	size_t message_size; /* of its load, bytes */
	struct tally server;
	struct load_result client;
};

static inline bool sees(const struct snapshot *s, unsigned what)
{
	return s->sees & what;
}

/* delta = now - before. Maxima and minima of a difference are bounded by its buckets. */
void snapshot_delta(struct snapshot *delta, const struct snapshot *now,
		    const struct snapshot *before);

/* Adds one CPU's copy of a ledger row to a sum. */
void call_stats_add(struct call_stats *sum, const struct call_stats *copy);

/* Calls of a row that returned; calls that have not yet; those that succeeded. */
__u64 calls_returned(const struct call_stats *stats);
__u64 calls_in_flight(const struct snapshot *s, unsigned row);
__u64 calls_succeeded(const struct call_stats *stats);

/* All that was lost. */
__u64 snapshot_lost(const struct snapshot *s);
/* whole - parts, or 0: CPUs are read one after the other, and while the target runs a part can be
 * seen ahead of the whole it belongs to. Then nothing is pending for certain. */
__u64 remainder_of(__u64 whole, __u64 parts);

/* For how long what waits at a listener has waited without any of it being accepted; 0: nothing
 * does. */
__u64 backlog_waited(const struct snapshot *s, const struct backlog *b);

/* The row of the call in which the sleeper of a listener sleeps, 0: not known. before: what was so
 * when tracing began, NULL: nothing was. */
unsigned listener_call(const struct listener_row *row, const struct beginning *before);

/* Whether the notifications of an interest are seen: else its edges are not known. */
bool sees_edges(const struct snapshot *s, const struct interest *i);

/* Whether a report disarmed it (EPOLLONESHOT), and no EPOLL_CTL_MOD has re-armed it. */
bool interest_is_disarmed(const struct interest *i);

/* The smaller one: how many rows are kept or shown, of n that there are. */
unsigned rows_kept(unsigned n, unsigned max);
/*
 * Where a row of that weight belongs among n rows kept in falling order (max of them at most), or
 * max if it does not. The rows from there on are moved down to make room; size is that of a row.
 */
unsigned row_place(void *rows, size_t size, unsigned n, unsigned max, __u64 weight,
		   __u64 (*weight_of)(const void *row));

/* The sum over SIGIO and the signals chosen with F_SETSIG. */
struct signal_stats snapshot_sigio(const struct snapshot *s);

#endif
