/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the screens of the live view show: the totals of now, what the last second added to them,
 * and the last minute. A function of snapshots: it knows neither a clock nor a terminal. */
#ifndef WAKELAB_LIVE_MODEL_H
#define WAKELAB_LIVE_MODEL_H

#include "finding.h"
#include "sink.h"

#define MINUTE     60 /* columns of the past, of a second each or of an interval if that is longer */
#define N_BANDS    HIST_MAX_BITS /* of latencies: powers of two ns */
#define MAX_PAST   8             /* totals that are kept to tell the last second from */
#define TEXT_SHORT 512

/* Latencies whose past is kept. */
enum kept_latency { KEPT_WAKEUP, KEPT_SERVICE, N_KEPT_LATENCIES };
extern const enum latency kept_latencies[N_KEPT_LATENCIES];

/* A column of the past. */
struct moment {
	__u64 ns; /* that it took */
	__u64 calls[MAX_CALLS];
	__u64 counters[N_COUNTERS];
	__u64 bands[N_KEPT_LATENCIES][N_BANDS];
};

/* Rows of the totals with what the last second added. */
struct thread_line {
	const struct thread_stats *thread;
	__u64 v[N_THREAD_COUNTS];
};

struct epoll_line {
	const struct epoll_row *epoll;
	__u64 v[N_INTEREST_COUNTS];
};

struct interest_line {
	const struct interest *interest;
	const struct epoll_row *epoll; /* its instance; NULL: not among those that are kept */
	__u64 v[N_INTEREST_COUNTS];
};

/* Something that waits now, and nobody takes it. */
enum waiting { WAITS_STALL, WAITS_ROOM, WAITS_DISARMED, WAITS_BACKLOG };

struct waiting_line {
	enum waiting what;
	__u32 pid, tid, fd;
	int kind;                /* enum file_kind; -1: not known */
	__u64 ns, amount, limit; /* limit 0: none is known */
	char peer[80], amount_text[64];
};

#define MAX_WAITING (2 * MAX_ROWS)

struct model {
	const struct run_info *info;
	const struct beginning *before; /* NULL: nothing was so when tracing began */
	const struct run_end *end;      /* the run is over, and ended so; NULL: it goes on */
	__u64 elapsed_ns;
	struct snapshot *now;    /* the totals */
	struct snapshot *second; /* what the last second added */
	struct snapshot *past[MAX_PAST];
	unsigned n_past;
	struct moment moments[MINUTE]; /* the oldest first */
	unsigned n_moments;
	struct moment open; /* that is not a second long yet */
	struct finding *found;
	unsigned n_found, n_wrong;
	char fine[FINDING_TEXT]; /* that nothing was found in what was looked at; "": not said */
	struct thread_line threads[MAX_ROWS];
	struct epoll_line epolls[MAX_ROWS];
	struct interest_line interests[MAX_ROWS];
	struct waiting_line waiting[MAX_WAITING];
	unsigned n_threads, n_epolls, n_interests, n_waiting;
};

/* False: there is no memory. */
bool model_open(struct model *m);
void model_close(struct model *m);

/* Forgets all that it was given but the run. */
void model_reset(struct model *m);

/* Takes the totals of a moment, and what is new in them since the last one. */
void model_take(struct model *m, const struct snapshot *delta, const struct snapshot *total,
		__u64 elapsed_ns);

/* The values of the past of a call or a counter, a second each; the open one is not among them.
 * Gives how many there are. */
unsigned model_calls(const struct model *m, unsigned row, double values[MINUTE]);
unsigned model_counter(const struct model *m, enum counter counter, double values[MINUTE]);

/* Of a time: which power of two ns it is in. */
unsigned band_of(__u64 ns);

/* waiting.c: finds what waits now. */
void model_find_waiting(struct model *m);

#endif
