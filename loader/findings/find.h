/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What metrics/findings.def names: each looks for the subjects of which a rule holds. */
#ifndef WAKELAB_FIND_H
#define WAKELAB_FIND_H

#include "grounds.h"

/* find_waiting.c: what was ready and waited */
find_fn find_stall, find_pool, find_rearm, find_room, find_nagle, find_busy_loop, find_scheduler;
/* find_backlog.c: connections that nobody accepts */
find_fn find_backlog;
/* find_leaks.c: connections that nobody closes */
find_fn find_leak;
/* find_spins.c: what was found ready again and again */
find_fn find_spin, find_accept, find_stale, find_rereports;
/* find_wakes.c: what woke for nothing, or never slept */
find_fn find_herd, find_shared, find_imbalance, find_tick, find_empty_waits, find_refused_calls;
/* find_signals.c */
find_fn find_overflow, find_unread_signals, find_merged, find_interrupts;
/* find_trust.c: whether the run and its numbers can be relied on */
find_fn find_lost, find_differs, find_gave_up, find_failure, find_unanswered, find_nothing,
	find_never_slept, find_unjudged, find_unseen, find_unwatched, find_unshown;

#endif
