/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the rules of meaning.c and the sentences of meaning_say.c are made of. */
#ifndef WAKELAB_MEANING_FACTS_H
#define WAKELAB_MEANING_FACTS_H

#include "counts.h"
#include "sink.h"

/* Sums over the totals of a run, taken once. */
struct facts {
	const struct snapshot *s;
	const struct run_end *end;
	const __u64 *c;        /* s->counters */
	__u64 watched;         /* wait calls begun, blocking I/O among them */
	__u64 taken;           /* reads and accepts that succeeded */
	__u64 written;         /* writes that succeeded */
	__u64 refused;         /* blocking I/O that found nothing, without a sleep: EAGAIN */
	__u64 waits;           /* returns of multiplexing and completion waits and sleep calls */
	__u64 at_once, empty;  /* multiplexing waits without a sleep: with an answer, and without */
	__u64 idle;            /* wakes that led to nothing */
	__u64 slept_elsewhere; /* calls that slept and are none of those that wait for I/O */
	const char *sleeper;   /* which did most often */
	unsigned idlers;       /* threads that had such wakes */
	unsigned instances;    /* of epoll, with reports */
	unsigned silent;       /* interests that EPOLLONESHOT keeps silent now */
	struct signal_stats sigio;
	const struct testimony *differs; /* the first one; NULL: they agree, or there are none */
};

/* Of the totals of a run; both must outlive it. */
struct facts facts_find(const struct snapshot *total, const struct run_end *end);

/* The stage of a wakeup that takes the most at the median, of those that this kernel shows; its
 * median and the sum of the medians; false: too few were measured. */
bool largest_stage(const struct facts *f, enum latency *stage, __u64 *ns, __u64 *sum);

/* Each writes its sentence into buf; called only where its rule holds. */
typedef void say_fn(const struct facts *f, char *buf, size_t size);

say_fn say_lost, say_differ, say_nothing_seen, say_stall, say_stalls_unseen, say_left, say_gave_up,
	say_not_rearmed, say_datagrams_left, say_overflow, say_always_out, say_ignored,
	say_unanswered, say_failed, say_herd, say_busy_calls, say_busy_waits, say_small_writes,
	say_rereports, say_coalesced, say_errors, say_fine, say_waits, say_shared, say_idle,
	say_never_slept, say_latency;

#endif
