/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The rows of the syscall ledger: which calls have one, and how each is judged. */
#ifndef WAKELAB_CALLS_H
#define WAKELAB_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#include "wakelab.h"

struct call_desc {
	const char *name;
	enum call_class class;
	enum call_kind kind;
	const char *aliases; /* other names of the same call in 32-bit tables, comma-separated */
};

/* Row i of the ledger, 1 <= i < n_calls; row 0 is "no call", row OTHER_CALL is every other one. */
extern const struct call_desc calls[];
extern const unsigned n_calls;

/* The row of a call by its name, 0 if it has none. */
unsigned call_row_of(const char *name);

/* The kind of the call of a row; KIND_NONE where there is no such row, as in a foreign recording.
 */
enum call_kind call_kind_of(unsigned row);

#define CALL_ARGS_MAX 6

/* How many arguments a call takes, of those that threads sleep in; of others the most there are. */
int call_args(const char *name);

/* Whether what the call of that row waits for is a signal: that one ends it is its answer. */
bool call_waits_for_signals(unsigned row);

/*
 * Fills in the tables by which BPF finds a call's row, for the native system calls and those of
 * 32-bit tasks. The numbers come from libseccomp. Calls that an ABI lacks are left out.
 */
void calls_fill(__u8 row_of[N_ABIS][MAX_NR], struct call_row rows[MAX_CALLS]);

/* The name of a native call by its number, in buf; "call 451" where there is no name for it. */
const char *call_name(unsigned nr, char *buf, size_t len);

/* The names of native calls by number, of all those at least that were counted. They last. */
const char *const *call_names(const __u64 counted[MAX_NR]);

/* Whether a comma-separated list holds name. A NULL list holds nothing. */
bool name_in_list(const char *list, const char *name);

#endif
