/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Three witnesses saw the run: the server counted what it did, the client what it got, the kernel
 * what was asked of it. What they saw must be the same. */
#ifndef WAKELAB_RECONCILE_H
#define WAKELAB_RECONCILE_H

#include "snapshot.h"

enum witness { WITNESS_SERVER, WITNESS_CLIENT, WITNESS_KERNEL, N_WITNESSES };

struct testimony {
	const char *what;       /* "connections", "bytes in", ... */
	bool seen[N_WITNESSES]; /* whether that witness can know */
	__u64 count[N_WITNESSES];
};

#define MAX_TESTIMONIES 9

struct reconciliation {
	struct testimony rows[MAX_TESTIMONIES];
	unsigned n_rows;
};

/* Compares the witnesses of a finished run of model with messages of size bytes. */
void reconcile(struct reconciliation *r, const struct snapshot *total, const struct io_model *model,
	       size_t size);

/* Whether those that could see it counted the same. */
bool testimony_agrees(const struct testimony *t);
bool reconciliation_agrees(const struct reconciliation *r);

#endif
