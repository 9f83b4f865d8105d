/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is numbered here, and named in a recording. */
#ifndef WAKELAB_NAME_TABLES_H
#define WAKELAB_NAME_TABLES_H

#include "shape.h"

extern const struct names names_of_calls, names_of_errors, names_of_verdicts, names_of_latencies,
	names_of_counters, names_of_threads, names_of_interests, names_of_results, names_of_lost,
	names_of_units, names_of_kinds, names_of_evidence, names_of_wakers, names_of_flags,
	names_of_rules, names_of_turns, names_of_events, names_of_event_words;

/* All of them. */
#define N_NAMES 18
extern const struct names *const name_tables[N_NAMES];

/* The name of one, which may be in buf; NULL: it has none. */
const char *names_at(const struct names *names, unsigned i, char buf[NAME_SIZE]);

#endif
