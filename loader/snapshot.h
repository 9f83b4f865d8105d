/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The snapshot: all that was counted up to one moment, summed over CPUs, and the difference of two.
 * Every view is a function of snapshots and never sees a map.
 */
#ifndef WAKELAB_SNAPSHOT_H
#define WAKELAB_SNAPSHOT_H

#include "load.h"
#include "model.h"
#include "wakelab.h"

#define MAX_FCNTLS 128

struct fcntl_row {
	struct fcntl_key key;
	struct fcntl_stats stats;
};

enum lost {
	LOST_TASKS,
	LOST_INTERESTS,
	LOST_SOCKETS,
	LOST_SIGNALS,
	LOST_FCNTLS,
	LOST_RECURSION,
	LOST_RINGBUF,
	LOST_UNCLASSIFIED,
	N_LOST,
};

extern const char *const lost_names[N_LOST];

struct snapshot {
	__u64 time; /* CLOCK_MONOTONIC, ns */
	__u64 calls[MAX_CALLS];
	struct call_stats stats[MAX_CALLS];
	struct hist latencies[N_LATENCIES];
	__u64 counters[N_COUNTERS];
	struct signal_stats signals[N_SIGNALS];
	struct fcntl_row fcntls[MAX_FCNTLS];
	unsigned n_fcntls;
	__u64 lost[N_LOST];
	bool witnessed;      /* server and client are there: a run on a server of ours */
	size_t message_size; /* of its load, bytes */
	struct tally server;
	struct load_result client;
};

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
/* Returned wakes whose use is not known yet. */
__u64 wakes_pending(const struct snapshot *s);

/* Edges that no report has told of. */
__u64 interests_pending(const struct snapshot *s);

/* The sum over SIGIO and the signals chosen with F_SETSIG. */
struct signal_stats snapshot_sigio(const struct snapshot *s);
__u64 signals_generated(const struct signal_stats *s);
__u64 signals_pending(const struct signal_stats *s);

/* "EAGAIN", "ERESTARTSYS", ...; buf is used for numbers without a name. */
const char *errno_cell_name(unsigned cell, char *buf, size_t len);
/* "F_SETFL", "FIONBIO", ... */
const char *fcntl_name(const struct fcntl_key *key, char *buf, size_t len);
/* "O_NONBLOCK", ... of bit 1 << i; NULL for a bit that F_SETFL cannot change. */
const char *flag_name(unsigned bit);
/* "SIGIO", "SIGRTMIN+1", ... */
const char *signal_name(int signal, char *buf, size_t len);

#endif
