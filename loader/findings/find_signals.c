// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Rules about signals. */
#include <signal.h>

#include "counts.h"
#include "find.h"
#include "names.h"

static void rest_on_signals(struct finding *f, const struct grounds *g)
{
	finding_rests_on(f, "generated", signals_generated(&g->sigio));
	finding_rests_on(f, "merged", g->sigio.results[SIGNAL_COALESCED]);
	finding_rests_on(f, "arrived", g->c[COUNT_DATAGRAMS_ARRIVED]);
	finding_rests_on(f, "read", g->c[COUNT_DATAGRAMS_READ]);
}

/* Who sends the signal of a finding, as far as its last one tells. */
static void note_origin(struct finding *f, const struct snapshot *s)
{
	const struct signal_stats *stats = &s->signals[f->signal];

	if (!f->signal || !signals_generated(stats))
		return;
	signal_origin(f->signal, stats, f->detail, sizeof(f->detail));
	if (signal_has_sender(stats->code))
		finding_rests_on(f, "sender", stats->sender);
}

/* The real-time signal of which most found no room. */
static int overflowing(const struct snapshot *s)
{
	int most = 0;

	for (int i = 1; i < N_SIGNALS; i++)
		if (s->signals[i].results[SIGNAL_OVERFLOW] >
		    s->signals[most].results[SIGNAL_OVERFLOW])
			most = i;
	return most;
}

void find_overflow(const struct grounds *g, const struct rule *r, struct found *found)
{
	__u64 n = g->sigio.results[SIGNAL_OVERFLOW];
	struct finding *f;

	if (!enough(r, n, 0))
		return;
	f = found_add(found, r, n);
	f->signal = overflowing(g->s);
	finding_rests_on(f, "overflow", n);
	rest_on_signals(f, g);
}

/* A few may be read next, but for those that a client gave up for. */
void find_unread_signals(const struct grounds *g, const struct rule *r, struct found *found)
{
	__u64 arrived = g->c[COUNT_DATAGRAMS_ARRIVED];
	__u64 left = remainder_of(arrived, g->c[COUNT_DATAGRAMS_READ]);
	struct finding *f;

	if (!g->sigio.results[SIGNAL_COALESCED] ||
	    !((left && g->s->client.unanswered) || enough(r, left, arrived)))
		return;
	f = found_add(found, r, left);
	f->signal = SIGIO;
	note_origin(f, g->s);
	finding_rests_on(f, "left", left);
	rest_on_signals(f, g);
}

void find_merged(const struct grounds *g, const struct rule *r, struct found *found)
{
	__u64 merged = g->sigio.results[SIGNAL_COALESCED];
	struct finding *f;

	if (!enough(r, merged, signals_generated(&g->sigio)) || !g->c[COUNT_DATAGRAMS_ARRIVED] ||
	    g->c[COUNT_DATAGRAMS_ARRIVED] != g->c[COUNT_DATAGRAMS_READ])
		return;
	f = found_add(found, r, merged);
	f->signal = SIGIO;
	note_origin(f, g->s);
	rest_on_signals(f, g);
}

/* The signal that was delivered most often. */
static int delivered_most(const struct snapshot *s)
{
	int most = 0;

	for (int i = 1; i < N_SIGNALS; i++)
		if (s->signals[i].delivered > s->signals[most].delivered)
			most = i;
	return most;
}

void find_interrupts(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;

	if (!enough(r, g->interrupted, g->waits))
		return;
	f = found_add(found, r, g->interrupted);
	f->about.row = g->interrupter;
	f->signal = delivered_most(g->s);
	note_origin(f, g->s);
	finding_rests_on(f, "interrupted", g->interrupted);
	finding_rests_on(f, "waits", g->waits);
	if (f->signal)
		finding_rests_on(f, "delivered", g->s->signals[f->signal].delivered);
	finding_costs(f, "waits", g->interrupted);
}
