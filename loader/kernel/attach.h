/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The BPF programs of a plan, loaded and attached; what the kernel refuses is replaced by the next
 * best. */
#ifndef WAKELAB_ATTACH_H
#define WAKELAB_ATTACH_H

#include "event_records.h"
#include "hooks.h"
#include "wakelab.h"
#include "wakelab.skel.h"

#define MAX_LINKS (N_HOOKS * 2 * MAX_PROGRAMS)

struct attachment {
	struct wakelab *skel;
	/* set before attach_plan(), see struct session_wish */
	__u64 stall_ns;
	unsigned room;
	const struct sought *sought;
	const struct event_wish *events; /* NULL: none are told */
	unsigned event_mib;              /* of their ring */
	struct bpf_link *links[MAX_LINKS];
	unsigned n_links;
};

/* Keeps libbpf's warnings to itself from here on; the last of them explains a failure. */
void attach_quietly(void);

/*
 * Loads and attaches what the plan has chosen, and moves the plan on where the kernel refuses a
 * program. Returns 0; or -1 with one line that says what stands in the way, in why. Ended by
 * attach_end(), also after a failure.
 */
int attach_plan(struct attachment *a, struct plan *plan, struct kernel *k, char *why, size_t len);
void attach_end(struct attachment *a);

/* Detaches the programs; what they have counted stays. */
void attach_quiet(struct attachment *a);

#endif
