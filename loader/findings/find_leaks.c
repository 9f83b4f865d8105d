// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The rule about connections that were accepted and are not closed. */
#include <stdio.h>

#include "find.h"

void find_leak(const struct grounds *g, const struct rule *r, struct found *found)
{
	FOR_EVIDENCE (g, EVIDENCE_LEAK, row) {
		const struct evidence *e = &row->evidence;
		struct finding *f;

		if (!enough(r, e->amount, e->limit))
			continue;
		f = found_add(found, r, e->count);
		finding_about(g, f, row);
		f->about.fd = (int)e->fd;
		if (e->own_port)
			snprintf(f->detail, sizeof(f->detail), "port %u", e->own_port);
		finding_rests_on(f, "kept", e->count);
		finding_rests_on(f, "for_good", e->amount);
		finding_rests_on(f, "ended", e->limit);
		finding_rests_on(f, "port", e->own_port);
		finding_rests_on(f, "oldest_ns", e->ns);
		finding_costs(f, "descriptors", e->count);
	}
}
