// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Rules about the run and its numbers: whether they are whole, and what could not be judged. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "counts.h"
#include "find.h"
#include "format.h"
#include "names.h"

/* Adds to the list in detail. */
static void list(struct finding *f, const char *text)
{
	size_t len = strlen(f->detail);

	snprintf(f->detail + len, sizeof(f->detail) - len, "%s%s", len ? ", " : "", text);
}

void find_lost(const struct grounds *g, const struct rule *r, struct found *found)
{
	const struct count_row *rows[MAX_FIELDS];
	unsigned n = count_fields("lost", rows);
	struct finding *f;
	char one[64];

	if (!enough(r, snapshot_lost(g->s), 0))
		return;
	f = found_add(found, r, snapshot_lost(g->s));
	for (unsigned i = 0; i < n; i++) {
		__u64 lost = g->s->lost[rows[i]->at];

		if (!lost)
			continue;
		finding_rests_on(f, rows[i]->name, lost);
		snprintf(one, sizeof(one), "%s (%s)", format_count(lost), rows[i]->name);
		list(f, one);
	}
	finding_rests_on(f, "room", g->s->lost[LOST_INTERESTS] || g->s->lost[LOST_SOCKETS]);
}

void find_differs(const struct grounds *g, const struct rule *r, struct found *found)
{
	static const char *const names[N_WITNESSES] = {"server", "client", "kernel"};
	const struct testimony *t = g->differs;
	struct finding *f;
	char one[96];

	if (!t)
		return;
	f = found_add(found, r, 1);
	snprintf(f->detail, sizeof(f->detail), "of %s,", t->what);
	for (unsigned w = 0, n = 0; w < N_WITNESSES; w++) {
		if (!t->seen[w])
			continue;
		finding_rests_on(f, names[w], t->count[w]);
		snprintf(one, sizeof(one), "%s the %s counted %s", n++ ? "," : "", names[w],
			 format_count(t->count[w]));
		strncat(f->detail, one, sizeof(f->detail) - strlen(f->detail) - 1);
	}
}

static bool is_the_clients(const struct grounds *g)
{
	return !strcmp(g->end->failure, g->s->client.error);
}

/* Its last words hold the error's text. */
static bool is_for_eagain(const struct grounds *g)
{
	return !is_the_clients(g) && strstr(g->end->failure, strerror(EAGAIN));
}

void find_gave_up(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;

	if (!is_for_eagain(g))
		return;
	f = found_add(found, r, 1);
	f->err = EAGAIN;
	snprintf(f->detail, sizeof(f->detail), "%s", g->end->failure);
}

void find_failure(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;

	if (!*g->end->failure || is_for_eagain(g) || (is_the_clients(g) && g->s->client.unanswered))
		return;
	f = found_add(found, r, 1);
	snprintf(f->detail, sizeof(f->detail), "%s", g->end->failure);
}

void find_unanswered(const struct grounds *g, const struct rule *r, struct found *found)
{
	const struct load_result *c = &g->s->client;
	struct finding *f;

	if (!*g->end->failure || !enough(r, c->unanswered, 0))
		return;
	f = found_add(found, r, c->unanswered);
	finding_rests_on(f, "unanswered", c->unanswered);
	/* a message that was sent in part is not among the sent */
	finding_rests_on(f, "messages", c->messages + c->mismatches + c->unanswered);
	snprintf(f->detail, sizeof(f->detail), "%s", c->error);
}

/* A stall that was under way before is seen by what is there, without a call. */
void find_nothing(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;
	__u64 others = 0;

	if (g->ended || g->c[COUNT_STALLS] || found->n)
		return;
	for (unsigned i = 0; i < MAX_CALLS; i++)
		others += g->s->calls[i];
	f = found_add(found, r, 1);
	finding_rests_on(f, "others", remainder_of(others, g->watched));
	snprintf(
		f->detail, sizeof(f->detail), "%s%s",
		g->end->state ? "when last checked, it was "
		: g->watched
			? "it was still in one that it had begun"
			: "it slept all the time in a call that began earlier, or it only computed",
		g->end->state ? g->end->state : "");
}

/* Whether a thread slept from before on: it has no sleep of its own here. */
static bool slept_before(const struct grounds *g)
{
	return g->end->before && g->end->before->n_sleepers;
}

void find_never_slept(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;

	if (found->n || g->s->witnessed || g->c[COUNT_SLEEPS] || slept_before(g) ||
	    !enough(r, g->watched, 0))
		return;
	f = found_add(found, r, g->watched);
	finding_rests_on(f, "calls", g->watched);
}

/* Reports of which it is not known what they were. */
void find_unjudged(const struct grounds *g, const struct rule *r, struct found *found)
{
	__u64 unknown = g->c[COUNT_UNKNOWN], ambiguous = g->c[COUNT_AMBIGUOUS];
	struct finding *f;
	char one[64];

	if (!enough(r, unknown + ambiguous, 0))
		return;
	f = found_add(found, r, unknown + ambiguous);
	finding_rests_on(f, "left", unknown + ambiguous);
	finding_rests_on(f, "reports", g->c[COUNT_REPORTS]);
	finding_rests_on(f, "unknown", unknown);
	finding_rests_on(f, "ambiguous", ambiguous);
	for (unsigned i = 0; i < N_FILE_KINDS; i++) {
		__u64 n = g->c[COUNT_UNKNOWN_OF + i];

		if (!n)
			continue;
		snprintf(one, sizeof(one), "%s of %s", format_count(n), file_kinds[i]);
		list(f, one);
	}
}

void find_unseen(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;

	if (!enough(r, g->c[COUNT_UNSEEN], 0))
		return;
	f = found_add(found, r, g->c[COUNT_UNSEEN]);
	finding_rests_on(f, "unseen", g->c[COUNT_UNSEEN]);
	finding_rests_on(f, "sleeps", g->c[COUNT_SLEEPS]);
}

/* Whether nothing was found but what could not be judged. */
static bool is_all_unjudged(const struct rule *r, const struct found *found)
{
	for (unsigned i = 0; i < found->n; i++)
		if (strcmp(found->rows[i].rule->id, r->id) != 0)
			return false;
	return true;
}

/* Most of the time went by in calls that are no wait calls, of which only the time is known: a
 * pool's idle threads wait there for work, by rights. So that is told of who else might be taken to
 * be well. */
void find_unwatched(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;

	if (!is_all_unjudged(r, found) || !g->sleeper ||
	    !enough(r, g->elsewhere_ns, g->elsewhere_ns + g->waited_ns))
		return;
	f = found_add(found, r, g->elsewhere_ns);
	f->about.row = g->sleeper;
	finding_rests_on(f, "elsewhere_ns", g->elsewhere_ns);
	finding_rests_on(f, "waited_ns", g->waited_ns);
	finding_rests_on(f, "sleeps", g->s->stats[g->sleeper].verdicts[VERDICT_SLEPT]);
}

/* Rules whose facts this kernel does not show, or that --only leaves out. */
void find_unshown(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;

	if (!g->n_unshown)
		return;
	f = found_add(found, r, 1);
	finding_rests_on(f, "rules", g->n_unshown);
	for (unsigned i = 0; i < g->n_unshown; i++)
		if (!strstr(f->detail, g->unshown[i]->id))
			list(f, g->unshown[i]->id);
}
