// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Rules about what is found ready again and again, while nothing gets on. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>

#include "find.h"

static const struct evidence *same(const struct grounds *g, enum evidence_of what,
				   const struct evidence_row *row)
{
	const struct evidence *e = grounds_evidence(g, what, row->key.tgid, row->key.of);

	return e && e->file == row->evidence.file ? e : NULL;
}

/* The registration outlived its descriptor, which may be another file's by now. */
static bool is_stale(const struct grounds *g, const struct evidence_row *row)
{
	return grounds_evidence(g, EVIDENCE_STALE, row->key.tgid, row->key.of);
}

/* Why a descriptor spins: what calls on it came to, and else what was reported of it. */
static const char *spin_cause(const struct grounds *g, const struct evidence_row *row)
{
	const struct evidence *e = &row->evidence;

	if (e->events & POLLNVAL)
		return "invalid-descriptor";
	if (is_stale(g, row))
		return "closed-descriptor";
	if (same(g, EVIDENCE_ACCEPT, row))
		return "accept-failed";
	if (e->kind == FILE_EPOLL)
		return "nested";
	if (same(g, EVIDENCE_FAILED, row))
		return "read-fails";
	if (same(g, EVIDENCE_ENDS, row))
		return "end-of-file";
	if (e->events & EPOLLERR)
		return "error";
	if (e->events & (EPOLLHUP | EPOLLRDHUP))
		return "hang-up";
	if (e->events & EPOLLIN)
		return "unread";
	return e->events & EPOLLOUT ? "out-always" : "unknown";
}

/* The error of the call that failed on it, if that is the cause. */
static void note_failure(struct finding *f, const struct evidence *failed)
{
	if (!failed)
		return;
	f->err = failed->err;
	finding_rests_on(f, "failed", failed->count);
}

void find_spin(const struct grounds *g, const struct rule *r, struct found *found)
{
	FOR_EVIDENCE (g, EVIDENCE_SPIN, row) {
		const struct evidence *e = &row->evidence, *ends = same(g, EVIDENCE_ENDS, row);
		const struct evidence *failed = same(g, EVIDENCE_FAILED, row);
		struct finding *f;

		if (!enough(r, e->count, 0) || strcmp(spin_cause(g, row), r->cause) != 0)
			continue;
		f = found_add(found, r, e->count);
		finding_about(g, f, row);
		finding_rests_on(f, "reports", e->count);
		finding_unread(f, e);
		if (ends)
			finding_rests_on(f, "ends", ends->count);
		note_failure(f, failed ? failed : same(g, EVIDENCE_ACCEPT, row));
		finding_costs(f, "waits", e->count);
	}
}

static const char *want(__u16 err)
{
	return err == EMFILE ? "EMFILE" : err == ENFILE ? "ENFILE" : "memory";
}

void find_accept(const struct grounds *g, const struct rule *r, struct found *found)
{
	FOR_EVIDENCE (g, EVIDENCE_ACCEPT, row) {
		const struct evidence *e = &row->evidence;
		struct finding *f;

		if (!enough(r, e->count, 0) || !e->amount || strcmp(want(e->err), r->cause) != 0)
			continue;
		f = found_add(found, r, e->count);
		finding_about(g, f, row);
		finding_rests_on(f, "failed", e->count);
		finding_unread(f, e);
		if (e->err == EMFILE)
			finding_rests_on(f, "limit", e->limit);
	}
}

void find_stale(const struct grounds *g, const struct rule *r, struct found *found)
{
	FOR_EVIDENCE (g, EVIDENCE_STALE, row) {
		struct finding *f;

		if (!enough(r, row->evidence.count, 0))
			continue;
		f = found_add(found, r, row->evidence.count);
		finding_about(g, f, row);
		finding_rests_on(f, "reports", row->evidence.count);
	}
}

/* Re-reports that reads answered, if only a part at a time. Each accept may have left connections
 * to report again, and an end that came with the last data is reported: no larger read spares
 * those.
 */
void find_rereports(const struct grounds *g, const struct rule *r, struct found *found)
{
	__u64 again = remainder_of(g->c[COUNT_REREPORTS], g->spun + g->accepts + g->ends);
	struct finding *f;

	if (!enough(r, again, g->c[COUNT_REPORTS]) || g->taken - g->accepts < again ||
	    g->c[COUNT_REPORT_IN] < g->c[COUNT_REPORT_OUT])
		return;
	f = found_add(found, r, again);
	finding_rests_on(f, "rereports", again);
	finding_rests_on(f, "reports", g->c[COUNT_REPORTS]);
	finding_rests_on(f, "reads", g->c[COUNT_SOCKET_READS]);
	finding_rests_on(f, "bytes", g->c[COUNT_SOCKET_BYTES]);
	if (g->c[COUNT_SOCKET_READS])
		finding_rests_on(f, "read_size",
				 g->c[COUNT_SOCKET_BYTES] / g->c[COUNT_SOCKET_READS]);
	finding_costs(f, "saved", again);
}
